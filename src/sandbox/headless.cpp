// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/sandbox/headless.hpp"

#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/base/text.hpp"
#include "docker_sandbox/os/unix_socket.hpp"
#include "docker_sandbox/sandbox/exec_capture.hpp"
#include "exec_start.hpp"
#include "run_archive.hpp"
#include "session_environment.hpp"
#include "session_greeting.hpp"
#include "session_scripts.hpp"
#include "session_token.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <thread>
#include <vector>

namespace docker_sandbox::sandbox {
namespace {

using base::Error;
using base::ErrorKind;
using std::chrono::steady_clock;

constexpr std::chrono::seconds k_start_deadline{120};
constexpr std::chrono::seconds k_prepare_deadline{60};
constexpr int k_not_executable = 126;
constexpr int k_not_found = 127;
constexpr int k_killed = 137;

constexpr const char* k_prepare_script =
    "umask 022; mkdir -p /var/lib/docker-sandbox/runs && "
    "chown \"$1\" /var/lib/docker-sandbox/runs && echo prepared";

int number_of(std::string_view text) {
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

/// The leader of a run (headless.sh), spoken to until it has let go of us.
class Starter {
 public:
  Starter(engine::EngineClient& engine, const SessionRequest& request, std::chrono::milliseconds now)
      : token_(make_token()),
        greeting_(token_, /*terminal=*/false),
        demux_([this](engine::OutputStream, std::string_view bytes) {
          greeting_.feed(bytes, [this](std::string_view more) { answer_ += more; });
        }) {
    const LeaderEnvironment environment = leader_environment(engine, request);
    engine::ExecRequest exec{.command = {"/bin/sh", "-c", k_headless_script, "docker-sandbox-run", token_,
                                         std::to_string(environment.odd_count), std::to_string(now.count())},
                             .env = environment.variables,
                             .user = request.user,
                             .working_directory = request.working_directory,
                             .attach_stdin = true};
    exec.command.insert(exec.command.end(), request.command.begin(), request.command.end());
    exec_id_ = engine.create_exec(request.container_id, exec);
    connection_ = start_exec_in(engine, request.container_id, exec_id_, /*tty=*/false);
    demux_.feed(connection_.early_bytes);
  }

  const GreetingReader& greeting() const { return greeting_; }
  const std::string& exec_id() const { return exec_id_; }

  /// Until it has greeted, or has ended without.
  void await_greeting() {
    while (!greeting_.greeted() && read()) {
    }
  }

  /// Gives the word and waits until it was heard. False when it never was.
  bool begin() {
    os::send_all(connection_.socket.get(), token_ + "\n");
    const std::string heard = token_ + " begun\n";
    while (answer_.find(heard) == std::string::npos) {
      if (!read()) {
        return false;
      }
    }
    return true;
  }

 private:
  bool read() {
    if (!os::wait_readable(connection_.socket.get(), deadline_)) {
      throw Error(ErrorKind::engine_timeout, "the sandbox did not start a program within " +
                                                 std::to_string(k_start_deadline.count()) + " seconds");
    }
    std::array<char, 4096> buffer{};
    const ssize_t count = ::recv(connection_.socket.get(), buffer.data(), buffer.size(), 0);
    if (count > 0) {
      demux_.feed({buffer.data(), static_cast<std::size_t>(count)});
    }
    return count > 0 || (count < 0 && errno == EINTR);
  }

  std::string token_;
  GreetingReader greeting_;
  engine::StreamDemux demux_;
  std::string exec_id_;
  engine::UpgradedConnection connection_;
  std::string answer_;
  steady_clock::time_point deadline_ = steady_clock::now() + k_start_deadline;
};

/// The directory for runs, which belongs to the agent's user.
void prepare(engine::EngineClient& engine, const SessionRequest& request) {
  const CapturedExec done =
      run_captured(engine, request.container_id,
                   {.command = {"/bin/sh", "-c", k_prepare_script, "docker-sandbox", request.user},
                    .user = "0",
                    .working_directory = "/"},
                   k_prepare_deadline);
  if (done.out.find("prepared") == std::string::npos) {
    throw Error(ErrorKind::engine_failure, "cannot make the directory for headless runs in the sandbox: " +
                                               base::printable_lines(base::trim(done.out + done.err)));
  }
}

HeadlessStart start_once(engine::EngineClient& engine, const SessionRequest& request, std::chrono::milliseconds now,
                         bool& nowhere) {
  Starter starter(engine, request, now);
  starter.await_greeting();
  if (!starter.greeting().greeted()) {
    const engine::ExecDetails details = engine.inspect_exec(starter.exec_id());
    return {.end = SessionEnd::not_started,
            .exit_code = details.exit_code == 0 ? k_not_executable : details.exit_code,
            .start_failure = starter.greeting().other_words()};
  }
  const Greeting& greeting = starter.greeting().greeting();
  switch (greeting.state) {
    case Greeting::State::program_missing:
      return {.end = SessionEnd::not_started, .exit_code = k_not_found, .start_failure = "executable file not found"};
    case Greeting::State::program_denied:
      return {.end = SessionEnd::not_started, .exit_code = k_not_executable, .start_failure = "permission denied"};
    case Greeting::State::nowhere:
      nowhere = true;
      return {};
    case Greeting::State::program_found:
      break;
  }
  if (!starter.begin()) {
    throw Error(ErrorKind::engine_failure, "the sandbox ended the program before it had begun");
  }
  return {.run = number_of(greeting.rest)};
}

/// What the lines in front of a run's output say.
struct RunInfo {
  std::string token;
  std::chrono::nanoseconds begun{};
  double begun_uptime = 0;

  void take(std::string_view line) {
    const std::vector<std::string> words = base::split(line, ' ');
    if (words.size() >= 2 && words[0] == "token") {
      token = words[1];
    } else if (words.size() >= 3 && words[0] == "begun") {
      begun = std::chrono::milliseconds(std::strtoll(words[1].c_str(), nullptr, 10));
      begun_uptime = std::strtod(words[2].c_str(), nullptr);
    }
  }

  std::chrono::nanoseconds time_of(std::string_view uptime) const {
    if (uptime.empty()) {
      return begun;
    }
    const double seconds = std::strtod(std::string(uptime).c_str(), nullptr) - begun_uptime;
    return begun + std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
  }
};

HeadlessState parse_state(std::string_view text) {
  const std::vector<std::string> words = base::split(base::trim(text), ' ');
  if (words[0] == "ended" && words.size() >= 2) {
    return {.kind = HeadlessState::Kind::ended,
            .exit_code = number_of(words[1]),
            .out_of_memory = words.size() >= 4 && words[3] == "memory"};
  }
  if (words[0] == "running") {
    return {};
  }
  return {.kind = HeadlessState::Kind::cut_off, .exit_code = k_killed};
}

/// Follows the reader inside (reader.sh) and tells what it says.
class Reader {
 public:
  explicit Reader(RunListener listener) : listener_(std::move(listener)) {}

  void feed(engine::OutputStream stream, std::string_view bytes) {
    if (out_) {
      (stream == engine::OutputStream::out ? *out_ : *err_).feed(bytes);
      return;
    }
    if (stream == engine::OutputStream::err) {
      early_err_ += bytes;
      return;
    }
    head_ += bytes;
    const std::size_t end = head_.find("\n\n");
    if (end == std::string::npos) {
      return;
    }
    for (const std::string& line : base::split(head_.substr(0, end), '\n')) {
      if (line.compare(0, 4, "run ") == 0) {
        run_ = number_of(std::string_view(line).substr(4));
      }
      info_.take(line);
    }
    out_ = decoder(engine::OutputStream::out);
    err_ = decoder(engine::OutputStream::err);
    out_->feed(std::string_view(head_).substr(end + 2));
    err_->feed(early_err_);
  }

  void finish() {
    if (out_) {
      out_->finish();
      err_->finish();
    }
  }

  bool none() const { return head_.compare(0, 4, "none") == 0; }
  int run() const { return run_; }
  const std::optional<HeadlessState>& state() const { return state_; }

 private:
  std::optional<RunLogDecoder> decoder(engine::OutputStream stream) {
    return RunLogDecoder(
        info_.token,
        {.chunk =
             [this, stream](std::string_view uptime, std::string text) {
               if (listener_.chunk) {
                 listener_.chunk({.stream = stream, .time = info_.time_of(uptime), .text = std::move(text)});
               }
             },
         .caught_up =
             [this] {
               if (--streams_behind_ == 0 && listener_.caught_up) {
                 listener_.caught_up();
               }
             },
         .end = [this](std::string_view state) { state_ = parse_state(state); }});
  }

  RunListener listener_;
  int streams_behind_ = 2;
  std::string head_;
  std::string early_err_;
  RunInfo info_;
  int run_ = 0;
  std::optional<RunLogDecoder> out_;
  std::optional<RunLogDecoder> err_;
  std::optional<HeadlessState> state_;
};

constexpr const char* mode_word(ReadMode mode) {
  switch (mode) {
    case ReadMode::all:
      return "all";
    case ReadMode::follow:
      return "follow";
    case ReadMode::wait:
      return "wait";
  }
  return "all";
}

/// Through a process inside. Nothing when it was cut off: the sandbox was stopped meanwhile.
std::optional<RunReport> read_inside(engine::EngineClient& engine, const std::string& container_id, int run,
                                     ReadMode mode, const RunListener& listener, bool& no_such_run) {
  const std::string exec_id = engine.create_exec(
      container_id,
      {.command = {"/bin/sh", "-c", k_reader_script, "docker-sandbox-reader", std::to_string(run), mode_word(mode)},
       .user = "0",
       .working_directory = "/",
       .attach_stdin = true});
  const engine::UpgradedConnection connection = start_exec_in(engine, container_id, exec_id, /*tty=*/false);
  Reader reader(listener);
  engine::StreamDemux demux([&](engine::OutputStream stream, std::string_view bytes) { reader.feed(stream, bytes); });
  demux.feed(connection.early_bytes);
  std::array<char, 65536> buffer{};
  for (;;) {  // to the end: the two streams do not keep each other's order
    const ssize_t count = ::recv(connection.socket.get(), buffer.data(), buffer.size(), 0);
    if (count > 0) {
      demux.feed({buffer.data(), static_cast<std::size_t>(count)});
    } else if (count == 0 || errno != EINTR) {
      break;
    }
  }
  reader.finish();
  no_such_run = reader.none();
  if (!reader.state()) {
    return std::nullopt;
  }
  return RunReport{.run = reader.run(), .state = *reader.state()};
}

/// From the files of a sandbox that does not run.
std::optional<RunReport> read_files(engine::EngineClient& engine, const std::string& container_id, int run,
                                    const RunListener& listener) {
  const std::optional<RunFiles> files = read_run_files(engine, container_id, run);
  if (!files) {
    return std::nullopt;
  }
  Reader reader(listener);
  reader.feed(engine::OutputStream::out, "run " + std::to_string(files->run) + "\n" + files->info + "\n");
  reader.feed(engine::OutputStream::out, files->out);
  reader.feed(engine::OutputStream::err, files->err);
  reader.finish();
  return RunReport{.run = files->run, .state = parse_state(files->ended.empty() ? "lost" : "ended " + files->ended)};
}

bool runs(engine::EngineClient& engine, const std::string& container_id) {
  return engine.inspect_container(container_id).state == "running";
}

/// Whether the sandbox has stopped, or does so within moments: its processes end before the engine says so.
bool has_stopped(engine::EngineClient& engine, const std::string& container_id) {
  constexpr std::chrono::seconds k_patience{10};
  constexpr std::chrono::milliseconds k_pause{50};
  const auto deadline = steady_clock::now() + k_patience;
  while (runs(engine, container_id)) {
    if (steady_clock::now() > deadline) {
      return false;
    }
    std::this_thread::sleep_for(k_pause);
  }
  return true;
}

}  // namespace

HeadlessStart start_headless(engine::EngineClient& engine, const SessionRequest& request,
                             std::chrono::milliseconds now_since_epoch) {
  try {
    bool nowhere = false;
    HeadlessStart start = start_once(engine, request, now_since_epoch, nowhere);
    if (nowhere) {
      prepare(engine, request);
      nowhere = false;
      start = start_once(engine, request, now_since_epoch, nowhere);
      if (nowhere) {
        throw Error(ErrorKind::engine_failure, "the directory for headless runs in the sandbox cannot be written to");
      }
    }
    return start;
  } catch (const Error& error) {
    if (says_container_is_gone(error)) {
      return {.end = SessionEnd::container_is_gone};
    }
    throw;
  }
}

std::optional<RunReport> read_run(engine::EngineClient& engine, const std::string& container_id, int run, ReadMode mode,
                                  const RunListener& listener) {
  if (runs(engine, container_id)) {
    bool no_such_run = false;
    const std::optional<RunReport> report = read_inside(engine, container_id, run, mode, listener, no_such_run);
    if (report || no_such_run) {
      return report;
    }
    if (!has_stopped(engine, container_id)) {
      throw Error(ErrorKind::engine_protocol,
                  "the engine ended the stream of the run's output before the run had ended");
    }
    // It was stopped meanwhile. Its output has been given out; how it ended is in its files.
    return read_files(engine, container_id, run, {});
  }
  return read_files(engine, container_id, run, mode == ReadMode::wait ? RunListener{} : listener);
}

}  // namespace docker_sandbox::sandbox

// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/base/log.hpp"
#include "docker_sandbox/base/number.hpp"
#include "docker_sandbox/base/text.hpp"
#include "docker_sandbox/os/unix_socket.hpp"
#include "docker_sandbox/sandbox/headless.hpp"
#include "exec_start.hpp"
#include "run_archive.hpp"
#include "run_info.hpp"
#include "session_scripts.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <thread>
#include <utility>
#include <vector>

namespace docker_sandbox::sandbox {
namespace {

using base::Error;
using base::ErrorKind;
using std::chrono::steady_clock;

/// More than the lines in front of a run's output are.
constexpr std::size_t k_max_head = 64U * 1024;
/// Twice what a run keeps. So much is held by those who show it in order, until they have caught up with it.
constexpr std::size_t k_max_kept = 32U * 1024 * 1024;
/// How long the next bytes of what is there already may take.
constexpr std::chrono::seconds k_longest_silence{60};

/// Follows the reader inside (reader.sh) and tells what it says.
class Reader {
 public:
  explicit Reader(RunListener listener) : listener_(std::move(listener)) {}

  /// Throws Error{engine_protocol} for what no run can have left: the files belong to the agent.
  void feed(engine::OutputStream stream, std::string_view bytes) {
    kept_ += bytes.size();
    if (streams_behind_ > 0 && (kept_ > k_max_kept || head_.size() > k_max_head)) {
      throw Error(ErrorKind::engine_protocol, "the sandbox has more output of that run than a run keeps");
    }
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
        run_ = base::parse_number<int>(std::string_view(line).substr(4)).value_or(0);
      }
      info_.take(line);
    }
    out_ = decoder(engine::OutputStream::out);
    err_ = decoder(engine::OutputStream::err);
    out_->feed(std::string_view(std::exchange(head_, {})).substr(end + 2));
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
         .end = [this](std::string_view state) { state_ = parse_run_state(state); }});
  }

  RunListener listener_;
  int streams_behind_ = 2;
  std::size_t kept_ = 0;
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

/// What a process inside said of a run.
struct ReadInside {
  bool no_such_run = false;
  int run = 0;  ///< 0 when it was cut off before it said so
  /// Nothing when it was cut off: the sandbox was stopped meanwhile, or the engine.
  std::optional<HeadlessState> state;
};

ReadInside read_inside(engine::EngineClient& engine, const std::string& container_id, int run, ReadMode mode,
                       const RunListener& listener) {
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
    if (mode == ReadMode::all && !os::wait_readable(connection.socket.get(), steady_clock::now() + k_longest_silence)) {
      throw Error(ErrorKind::engine_timeout, "the sandbox did not say within " +
                                                 std::to_string(k_longest_silence.count()) +
                                                 " seconds what the run has written");
    }
    const ssize_t count = ::recv(connection.socket.get(), buffer.data(), buffer.size(), 0);
    if (count > 0) {
      demux.feed({buffer.data(), static_cast<std::size_t>(count)});
    } else if (count == 0 || errno != EINTR) {
      break;
    }
  }
  reader.finish();
  return {.no_such_run = reader.none(), .run = reader.run(), .state = reader.state()};
}

/// From the files of a sandbox that does not run. The processes of a paused one are only held.
std::optional<RunReport> read_files(engine::EngineClient& engine, const std::string& container_id, int run, bool paused,
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
  const std::string without_a_word = paused ? "running" : "lost";
  return RunReport{.run = files->run,
                   .state = parse_run_state(files->ended.empty() ? without_a_word : "ended " + files->ended)};
}

std::string state_of(engine::EngineClient& engine, const std::string& container_id) {
  return engine.inspect_container(container_id).state;
}

/// The sandbox's state once it is not paused.
std::string await_unpaused(engine::EngineClient& engine, const std::string& container_id, const RunListener& listener) {
  constexpr std::chrono::milliseconds k_pause{200};
  for (bool told = false;; told = true) {
    std::string state = state_of(engine, container_id);
    if (state != "paused") {
      return state;
    }
    if (!told && listener.paused) {
      listener.paused();
    }
    std::this_thread::sleep_for(k_pause);
  }
}

/// Whether the sandbox has stopped, or does so within moments: its processes end before the engine says so.
bool has_stopped(engine::EngineClient& engine, const std::string& container_id) {
  constexpr std::chrono::seconds k_patience{10};
  constexpr std::chrono::milliseconds k_pause{50};
  const auto deadline = steady_clock::now() + k_patience;
  for (;;) {
    const std::string state = state_of(engine, container_id);
    if (state != "running" && state != "paused") {
      return true;
    }
    if (steady_clock::now() > deadline) {
      return false;
    }
    std::this_thread::sleep_for(k_pause);
  }
}

/// The stream from inside has ended before the run: the sandbox was stopped or removed, or the engine went away. What the
/// run has written has been given out; how it ended is in its files.
std::optional<RunReport> read_after_the_cut(engine::EngineClient& engine, const std::string& container_id, int run) {
  const std::string before_its_end =
      run == 0 ? "before the run had ended" : "before run " + std::to_string(run) + " had ended";
  const Error went_away(ErrorKind::engine_unreachable,
                        "the engine at " + engine.endpoint().host + " went away " + before_its_end,
                        "What the run wrote and how it ended is in the sandbox: ask again when the engine is back.");
  std::optional<RunReport> report;
  bool stopped = false;
  bool removed = false;
  try {
    stopped = has_stopped(engine, container_id);
    report = read_files(engine, container_id, run, /*paused=*/false, {});
    removed = !report && !engine.find_container(container_id);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::engine_not_found) {
      base::debug("cannot ask how the run ended: {}", error.what());
      throw went_away;
    }
    removed = true;
  }
  if (removed) {
    throw Error(ErrorKind::not_found, "the sandbox was removed " + before_its_end);
  }
  if (!stopped) {
    throw Error(ErrorKind::engine_protocol, "the engine ended the stream of the run's output " + before_its_end);
  }
  if (!report) {
    // An engine that is being stopped has many words for it; one is that there are no such files.
    throw went_away;
  }
  return report;
}

}  // namespace

std::optional<RunReport> read_run(engine::EngineClient& engine, const std::string& container_id, int run, ReadMode mode,
                                  const RunListener& listener) {
  const std::string state =
      mode == ReadMode::all ? state_of(engine, container_id) : await_unpaused(engine, container_id, listener);
  if (state != "running") {
    return read_files(engine, container_id, run, state == "paused", mode == ReadMode::wait ? RunListener{} : listener);
  }
  const ReadInside inside = read_inside(engine, container_id, run, mode, listener);
  if (inside.no_such_run) {
    return std::nullopt;
  }
  if (inside.state) {
    return RunReport{.run = inside.run, .state = *inside.state};
  }
  return read_after_the_cut(engine, container_id, inside.run == 0 ? run : inside.run);
}

}  // namespace docker_sandbox::sandbox

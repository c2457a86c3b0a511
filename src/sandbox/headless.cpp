// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/sandbox/headless.hpp"

#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/base/exit_status.hpp"
#include "docker_sandbox/base/number.hpp"
#include "docker_sandbox/base/text.hpp"
#include "docker_sandbox/os/unix_socket.hpp"
#include "docker_sandbox/sandbox/exec_capture.hpp"
#include "exec_start.hpp"
#include "session_environment.hpp"
#include "session_greeting.hpp"
#include "session_scripts.hpp"
#include "session_token.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace docker_sandbox::sandbox {
namespace {

using base::Error;
using base::ErrorKind;
using std::chrono::steady_clock;

constexpr std::chrono::seconds k_prepare_deadline{60};
/// More than a shell says when it cannot write.
constexpr std::size_t k_max_answer = 16 * 1024;

constexpr const char* k_prepare_script =
    "umask 022; mkdir -p /var/lib/docker-sandbox/runs && "
    "chown \"$1\" /var/lib/docker-sandbox/runs && echo prepared";

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
  /// What came behind the greeting.
  const std::string& answer() const { return answer_; }

  /// Until it has greeted, or has ended without.
  void await_greeting() {
    while (!greeting_.greeted() && !greeting_.flooded() && read()) {
    }
  }

  /// Gives the word and waits until it was heard. False when it never was.
  bool begin() {
    try {
      os::send_all(connection_.socket.get(), token_ + "\n");
    } catch (const std::system_error&) {
      return false;  // it has ended meanwhile
    }
    const std::string heard = token_ + " begun\n";
    while (answer_.find(heard) == std::string::npos) {
      if (answer_.size() > k_max_answer || !read()) {
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
            .exit_code = details.exit_code == 0 ? base::k_status_not_executable : details.exit_code,
            .start_failure = starter.greeting().other_words()};
  }
  const Greeting& greeting = starter.greeting().greeting();
  switch (greeting.state) {
    case Greeting::State::program_missing:
      return {.end = SessionEnd::not_started,
              .exit_code = base::k_status_not_found,
              .start_failure = "executable file not found"};
    case Greeting::State::program_denied:
      return {.end = SessionEnd::not_started,
              .exit_code = base::k_status_not_executable,
              .start_failure = "permission denied"};
    case Greeting::State::nowhere:
      nowhere = true;
      return {};
    case Greeting::State::program_found:
      break;
  }
  if (!starter.begin()) {
    const std::string words = base::printable_lines(base::trim(starter.answer()));
    throw Error(ErrorKind::engine_failure, words.empty() ? "the sandbox ended the program before it had begun"
                                                         : "cannot keep the run's output in the sandbox: " + words);
  }
  return {.run = base::parse_number<int>(greeting.rest).value_or(0)};
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

}  // namespace docker_sandbox::sandbox

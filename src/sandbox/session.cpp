// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/sandbox/session.hpp"

#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/base/exit_status.hpp"
#include "docker_sandbox/base/log.hpp"
#include "docker_sandbox/base/text.hpp"
#include "docker_sandbox/os/interrupts.hpp"
#include "exec_start.hpp"
#include "growing_pause.hpp"
#include "session_environment.hpp"
#include "session_loop.hpp"
#include "session_scripts.hpp"
#include "session_token.hpp"

#include <chrono>
#include <csignal>
#include <string_view>

namespace docker_sandbox::sandbox {
namespace {

using base::Error;
using base::ErrorKind;
using std::chrono::steady_clock;

/// A process whose streams have ended is gone within moments, unless the connection to the engine is what ended.
constexpr std::chrono::seconds k_end_deadline{2};
constexpr std::chrono::milliseconds k_first_pause{5};
constexpr std::chrono::milliseconds k_longest_pause{100};

/// An engine looks for these keys in what a terminal session is sent, and takes its own, Ctrl-P Ctrl-Q, when none are
/// given. Nobody types this by accident. It begins with Ctrl-@ because the engine holds back what may begin the sequence
/// until the next key, and Ctrl-@ shows no effect before that in any program that knows it.
constexpr const char* k_unlikely_keys =
    "ctrl-@,ctrl-],ctrl-@,ctrl-^,ctrl-@,ctrl-_,ctrl-@,ctrl-\\,ctrl-@,ctrl-],ctrl-@,ctrl-^,ctrl-@,ctrl-_,ctrl-@,ctrl-\\";

engine::ExecRequest exec_request(engine::EngineClient& engine, const SessionRequest& request,
                                 const SessionStreams& streams, const std::string& token) {
  const LeaderEnvironment environment = leader_environment(engine, request);
  engine::ExecRequest exec{
      .command = {"/bin/sh", "-c", k_leader_script, "docker-sandbox", token, std::to_string(environment.odd_count)},
      .env = environment.variables,
      .user = request.user,
      .working_directory = request.working_directory,
      .detach_keys = streams.terminal ? k_unlikely_keys : "",
      .tty = streams.terminal,
      .attach_stdin = true};
  exec.command.insert(exec.command.end(), request.command.begin(), request.command.end());
  if (streams.terminal) {
    if (const auto size = os::window_size(streams.out)) {
      exec.console_size = engine::TerminalSize{size->rows, size->columns};
    }
  }
  return exec;
}

/// The exec's end, or what it is when it does not come in time. Nothing when the container was removed with it.
std::optional<engine::ExecDetails> await_end(engine::EngineClient& engine, const std::string& exec_id) {
  const auto deadline = steady_clock::now() + k_end_deadline;
  GrowingPause pause(k_first_pause, k_longest_pause);
  for (;;) {
    engine::ExecDetails details;
    try {
      details = engine.inspect_exec(exec_id);
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::engine_not_found) {
        return std::nullopt;
      }
      throw;
    }
    if (!details.running || steady_clock::now() > deadline) {
      return details;
    }
    pause.take();
  }
}

Error connection_lost(engine::EngineClient& engine, ErrorKind kind) {
  return Error(kind,
               "the connection to the engine at " + engine.endpoint().host + " was lost while the program was running");
}

/// As await_end, where an engine that went away is told as what it is for the session.
std::optional<engine::ExecDetails> await_end_or_loss(engine::EngineClient& engine, const std::string& exec_id) {
  try {
    return await_end(engine, exec_id);
  } catch (const Error& error) {
    base::debug("cannot ask how the program ended: {}", error.what());
    throw connection_lost(engine, ErrorKind::engine_unreachable);
  }
}

/// Why the program was killed, if it was not its own affair.
std::string kill_reason(engine::EngineClient& engine, const std::string& container_id, SessionLoop& loop) {
  std::optional<engine::ContainerDetails> details = engine.find_container(container_id);
  std::optional<bool> memory_ran_out;
  if (details && details->state == "running") {
    memory_ran_out = loop.memory_ran_out();
    if (!memory_ran_out && loop.watched()) {
      // The watch has ended with all that runs in the sandbox, before the engine shows it.
      settled_state(engine, container_id);
      details = engine.find_container(container_id);
    }
  }
  if (!details) {
    return "The sandbox was removed while the program was running.";
  }
  if (details->state != "running" && details->state != "paused") {
    return details->oom_killed ? "The sandbox ran out of memory and was stopped while the program was running."
                               : "The sandbox was stopped while the program was running.";
  }
  return memory_ran_out.value_or(details->oom_killed) ? "The program was killed because the sandbox ran out of memory."
                                                      : "";
}

/// As kill_reason, for an engine too that is being stopped: it has just told how the program ended, and may know no more.
std::string kill_reason_or_loss(engine::EngineClient& engine, const std::string& container_id, SessionLoop& loop) {
  try {
    return kill_reason(engine, container_id, loop);
  } catch (const Error& error) {
    base::debug("cannot ask why the program was killed: {}", error.what());
    return "The engine was stopped while the program was running.";
  }
}

/// The stream has ended: the program's end, a start that failed, or the loss of the connection.
SessionOutcome conclude(engine::EngineClient& engine, const SessionRequest& request, const std::string& exec_id,
                        SessionLoop& loop) {
  const std::optional<engine::ExecDetails> details = await_end_or_loss(engine, exec_id);
  if (details && details->running) {
    throw connection_lost(engine, ErrorKind::engine_protocol);
  }
  SessionOutcome outcome{.exit_code = details ? details->exit_code : base::signal_status(SIGKILL)};
  if (!loop.greeting().greeted()) {
    loop.settle();
    // A failure to start a program may be no more than the container's end.
    return details && keeps_running(engine, request.container_id)
               ? SessionOutcome{.end = SessionEnd::not_started,
                                .exit_code = outcome.exit_code == 0 ? base::k_status_not_executable : outcome.exit_code,
                                .start_failure = loop.greeting().other_words()}
               : SessionOutcome{.end = SessionEnd::container_is_gone};
  }
  if (outcome.exit_code == base::signal_status(SIGKILL)) {
    outcome.reason = kill_reason_or_loss(engine, request.container_id, loop);
  }
  loop.settle();
  // A program that ends well may leave the terminal as it likes, as it may without a sandbox.
  loop.give_terminal_back(outcome.exit_code == 0 ? SessionLoop::CleanUp::no : SessionLoop::CleanUp::yes);
  return outcome;
}

SessionOutcome not_started(const SessionRequest& request, SessionLoop& loop) {
  const bool missing = loop.greeting().greeting().state == Greeting::State::program_missing;
  loop.settle();
  return {.end = SessionEnd::not_started,
          .exit_code = missing ? base::k_status_not_found : base::k_status_not_executable,
          .start_failure = base::printable(request.command.front()) +
                           (missing ? ": executable file not found" : ": permission denied, or not a file")};
}

}  // namespace

bool says_container_is_gone(const Error& error) {
  return error.kind() == ErrorKind::engine_not_found || error.kind() == ErrorKind::engine_conflict;
}

SessionOutcome run_session(engine::EngineClient& engine, const SessionRequest& request, const SessionStreams& streams) {
  const std::string token = make_token();
  std::string exec_id;
  std::optional<SessionLoop> loop;
  try {
    // An engine that does not answer must not keep anybody from leaving: the third signal always ends the process.
    const os::Interrupts::Deferral deferral;
    exec_id = engine.create_exec(request.container_id, exec_request(engine, request, streams, token));
    loop.emplace(engine, request, streams, exec_id, token);
    loop->start();
  } catch (const Error& error) {
    if (says_container_is_gone(error)) {
      return {.end = SessionEnd::container_is_gone};
    }
    throw;
  }
  switch (loop->run()) {
    case LoopEnd::stream_ended:
      return conclude(engine, request, exec_id, *loop);
    case LoopEnd::not_started:
      return not_started(request, *loop);
    case LoopEnd::detached:
      loop->settle();
      return {.end = SessionEnd::detached};
    case LoopEnd::output_closed:
      loop->deliver("PIPE");
      return {.exit_code = base::signal_status(SIGPIPE)};
    case LoopEnd::hung_up:
      return {.exit_code = base::signal_status(SIGHUP)};
    case LoopEnd::caller_gone:
      return {.exit_code = base::signal_status(SIGTERM)};
  }
  return {};
}

}  // namespace docker_sandbox::sandbox

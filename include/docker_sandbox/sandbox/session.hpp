// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/engine/client.hpp"

#include <sys/types.h>

#include <string>
#include <vector>

namespace docker_sandbox::sandbox {

/// The caller's standard streams.
struct SessionStreams {
  int in = 0;
  int out = 1;
  int err = 2;
  /// The session gets a terminal of its own; the caller's, where stdin is one, is in raw mode meanwhile. Otherwise bytes
  /// pass unchanged.
  bool terminal = false;
  /// Whether the program gets the caller's input; otherwise its input is at its end, or a terminal on which nobody types.
  bool forward_input = true;
  /// The process whose end ends the session: the docker CLI that runs this program as its plugin. 0: none.
  pid_t caller = 0;
};

struct SessionRequest {
  std::string container_id;
  std::vector<std::string> command;
  std::vector<std::string> env;
  std::string user;
  std::string working_directory;
  std::string detach_keys;  ///< in the docker CLI's grammar; empty: none
  /// Names of variables that the container has and that the program needs: those that a shell would drop are kept.
  std::vector<std::string> container_variables;
};

enum class SessionEnd {
  ended,              ///< the program ran and ended with exit_code
  detached,           ///< the user typed the detach keys; the program goes on
  not_started,        ///< the program could not be started; nothing was written to the streams
  container_is_gone,  ///< the container was stopped or removed before anything began
};

/// Whether an engine's refusal means container_is_gone: not there (404), or not running any more (409).
bool says_container_is_gone(const base::Error& error);

struct SessionOutcome {
  SessionEnd end = SessionEnd::ended;
  int exit_code = 0;
  std::string start_failure;  ///< the engine's words, or ours, when not started
  /// Why the program was killed, as a sentence, when that was none of its own doing: out of memory, sandbox stopped.
  std::string reason;
};

/// Runs a program in a running container with the caller's streams until it ends. Signals to this process (INT, TERM, HUP,
/// QUIT) go to the program's process group. Whatever ends this call but the program's own end and the detach keys ends
/// the program too, SIGKILL included (docs/adr/0002). Throws Error when the engine fails, Error{interrupted, terminated}
/// for a signal before the program was started; the caller's terminal is as it was on every way out.
SessionOutcome run_session(engine::EngineClient& engine, const SessionRequest& request, const SessionStreams& streams);

}  // namespace docker_sandbox::sandbox

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/engine/client.hpp"

#include <string>
#include <vector>

namespace docker_sandbox::sandbox {

/// The caller's standard streams.
struct SessionStreams {
  int in = 0;
  int out = 1;
  int err = 2;
  /// stdin and stdout are terminals: the session gets a terminal of its own in raw mode. Otherwise bytes pass unchanged.
  bool terminal = false;
  /// Whether the program gets the caller's input; otherwise its input is at its end, or a terminal on which nobody types.
  bool forward_input = true;
};

struct SessionRequest {
  std::string container_id;
  std::vector<std::string> command;
  std::vector<std::string> env;
  std::string user;
  std::string working_directory;
  std::string detach_keys;  ///< empty: none
};

enum class SessionEnd {
  ended,              ///< the program ran and ended with exit_code
  not_started,        ///< the program could not be started; nothing was written to the streams
  container_is_gone,  ///< the container was stopped or removed before anything began
};

struct SessionOutcome {
  SessionEnd end = SessionEnd::ended;
  int exit_code = 0;
  std::string start_failure;  ///< the engine's words, when not started
};

/// Runs a program in a running container with the caller's streams until it ends. Throws Error when the engine fails; the
/// caller's terminal is as it was on every way out.
SessionOutcome run_session(engine::EngineClient& engine, const SessionRequest& request, const SessionStreams& streams);

}  // namespace docker_sandbox::sandbox

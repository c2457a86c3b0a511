// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>

namespace docker_sandbox::base {

/// Why a command cannot go on. Callers branch on kinds, never on messages; cli/exit_code maps each to a status.
enum class ErrorKind {
  usage_flag,            ///< an unknown or malformed option
  usage_arguments,       ///< wrong number of arguments, unknown command
  invalid_value,         ///< an option or argument that is well-formed but cannot be used
  bad_config,            ///< the docker CLI's configuration or context cannot be used
  engine_unreachable,    ///< no answer from the engine's endpoint
  engine_protocol,       ///< the engine answered something that is not its API
  engine_timeout,        ///< the engine did not answer in time
  engine_bad_request,    ///< the engine refused the request (HTTP 400)
  engine_not_found,      ///< the engine knows no such object (HTTP 404)
  engine_conflict,       ///< the object's state or name does not allow it (HTTP 409)
  engine_failure,        ///< any other failure that the engine reported
  not_found,             ///< no such sandbox
  agent_not_found,       ///< the agent's program is not in the sandbox
  agent_not_executable,  ///< the agent's program cannot be executed
  interrupted,           ///< SIGINT before the agent started
  terminated,            ///< SIGTERM or SIGHUP before the agent started
  io,                    ///< a file, stream or system call of ours failed
};

/// What stops a command. what() is one sentence that says what failed, on what, and why; hint() is the
/// next step, or empty. Neither ever carries a secret.
class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, const std::string& sentence, std::string hint = {});

  ErrorKind kind() const { return kind_; }
  const std::string& hint() const { return hint_; }

 private:
  ErrorKind kind_;
  std::string hint_;
};

/// An Error of kind io (or the given kind) for a failed system call: "<doing>: <strerror>".
Error system_error(const std::string& doing, int error_number, ErrorKind kind = ErrorKind::io);

}  // namespace docker_sandbox::base

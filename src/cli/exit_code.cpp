// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/cli/exit_code.hpp"

#include "docker_sandbox/base/exit_status.hpp"

#include <csignal>

namespace docker_sandbox::cli {
namespace {

constexpr int k_failure = 1;
constexpr int k_session_failure = 125;
constexpr int k_usage = 125;

}  // namespace

int exit_code(base::ErrorKind kind, StatusFamily family) {
  using base::ErrorKind;
  switch (kind) {
    case ErrorKind::usage_flag:
      return k_usage;
    case ErrorKind::usage_arguments:
      return k_failure;
    case ErrorKind::agent_not_found:
      return base::k_status_not_found;
    case ErrorKind::agent_not_executable:
      return base::k_status_not_executable;
    case ErrorKind::interrupted:
      return base::signal_status(SIGINT);
    case ErrorKind::terminated:
      return base::signal_status(SIGTERM);
    case ErrorKind::invalid_value:
    case ErrorKind::bad_config:
    case ErrorKind::engine_unreachable:
    case ErrorKind::engine_protocol:
    case ErrorKind::engine_timeout:
    case ErrorKind::engine_bad_request:
    case ErrorKind::engine_not_found:
    case ErrorKind::engine_conflict:
    case ErrorKind::engine_failure:
    case ErrorKind::not_found:
    case ErrorKind::io:
      return family == StatusFamily::session ? k_session_failure : k_failure;
  }
  return k_failure;
}

}  // namespace docker_sandbox::cli

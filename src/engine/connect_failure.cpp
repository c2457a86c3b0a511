// SPDX-License-Identifier: Apache-2.0
#include "connect_failure.hpp"

#include <cerrno>
#include <cstring>

namespace docker_sandbox::engine {

using base::Error;
using base::ErrorKind;

Error connect_failure(const docker_config::Endpoint& endpoint, int error_number) {
  const bool local = endpoint.scheme == docker_config::Scheme::unix_socket;
  if (local && (error_number == EACCES || error_number == EPERM)) {
    return Error(ErrorKind::engine_unreachable,
                 "permission denied while trying to connect to the Docker daemon socket at " + endpoint.host,
                 "Members of the group that owns the socket (often \"docker\") may use it: "
                 "sudo usermod -aG docker $USER, then log in again.");
  }
  if (error_number == ENAMETOOLONG) {
    return Error(ErrorKind::bad_config, "the socket path of " + endpoint.host + " is too long for a unix socket");
  }
  if (error_number == ETIMEDOUT || error_number == EHOSTUNREACH || error_number == ENETUNREACH) {
    return connect_failure(endpoint, std::strerror(error_number));
  }
  return Error(ErrorKind::engine_unreachable,
               "Cannot connect to the Docker daemon at " + endpoint.host + ". Is the docker daemon running?");
}

Error connect_failure(const docker_config::Endpoint& endpoint, const std::string& reason) {
  return Error(ErrorKind::engine_unreachable,
               "Cannot connect to the Docker daemon at " + endpoint.host + ": " + reason);
}

}  // namespace docker_sandbox::engine

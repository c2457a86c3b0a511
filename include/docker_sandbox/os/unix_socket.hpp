// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/os/unique_fd.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace docker_sandbox::os {

/// A connected stream socket, close-on-exec and blocking. A leading '@' names a socket in the abstract namespace.
/// Throws std::system_error with connect's errno, so that callers can tell refusal from lack of permission.
UniqueFd connect_unix(const std::string& path);

/// Sends all of `bytes`; never raises SIGPIPE. Throws std::system_error.
void send_all(int socket, std::string_view bytes);

/// Waits until the descriptor is readable or at its end; false at the deadline.
bool wait_readable(int fd, std::chrono::steady_clock::time_point deadline);

}  // namespace docker_sandbox::os

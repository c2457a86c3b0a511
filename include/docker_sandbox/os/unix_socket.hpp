// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/os/unique_fd.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace docker_sandbox::os {

/// How long a peer may take to accept a connection, and to make room for what is sent to it.
inline constexpr std::chrono::seconds k_unix_patience{30};

/// A connected stream socket, close-on-exec and blocking, though for no longer than `patience` (0: without end) when it is
/// written to. A leading '@' names a socket in the abstract namespace. Throws std::system_error with connect's errno, so that callers can tell
/// refusal from lack of permission; ETIMEDOUT where nobody accepts connections.
UniqueFd connect_unix(const std::string& path, std::chrono::milliseconds patience = k_unix_patience);

/// Sends all of `bytes`; never raises SIGPIPE. Throws std::system_error, ETIMEDOUT where the socket's patience is at its end.
void send_all(int socket, std::string_view bytes);

/// Waits until the descriptor is readable or at its end; false at the deadline.
bool wait_readable(int fd, std::chrono::steady_clock::time_point deadline);

}  // namespace docker_sandbox::os

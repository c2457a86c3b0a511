// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/os/unique_fd.hpp"

#include <chrono>
#include <string>

namespace docker_sandbox::os {

/// A connected stream socket to a host name or an address (IPv6 without brackets), close-on-exec, blocking, without
/// Nagle's delay and with keep-alive. All of the name's addresses are tried until the deadline. Throws base::Error{io}
/// for a name that cannot be resolved, std::system_error with connect's errno of the last address otherwise.
UniqueFd connect_tcp(const std::string& host, int port, std::chrono::steady_clock::time_point deadline);

}  // namespace docker_sandbox::os

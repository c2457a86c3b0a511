// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/docker_config/endpoint.hpp"
#include "docker_sandbox/os/unique_fd.hpp"

#include <string>
#include <vector>

namespace docker_sandbox::engine {

/// The command that makes one connection to the engine of an ssh endpoint, as the docker CLI has it:
/// ssh … -- HOST docker system dial-stdio.
std::vector<std::string> ssh_command(const docker_config::Endpoint& endpoint);

/// Runs that command with `client` as its standard input and output until it ends, or ends it when `stop` becomes
/// readable. It has no terminal to ask anything on, and ends with this process. Returns what it said when it failed.
std::string serve_through_ssh(const docker_config::Endpoint& endpoint, os::UniqueFd client, int stop);

}  // namespace docker_sandbox::engine

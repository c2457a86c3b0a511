// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/docker_config/endpoint.hpp"

#include <chrono>
#include <string>

namespace docker_sandbox::engine {

/// For a connection and for the TLS handshake, each.
inline constexpr std::chrono::seconds k_connect_deadline{30};

/// The docker CLI's sentence for an endpoint that cannot be connected to, by connect's errno.
base::Error connect_failure(const docker_config::Endpoint& endpoint, int error_number);

/// For one whose name cannot be resolved, and the like.
base::Error connect_failure(const docker_config::Endpoint& endpoint, const std::string& reason);

}  // namespace docker_sandbox::engine

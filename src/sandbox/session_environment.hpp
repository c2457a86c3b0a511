// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/engine/client.hpp"
#include "docker_sandbox/sandbox/session.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace docker_sandbox::sandbox {

/// Whether a shell keeps a variable of that name: letters, digits and underscores, no digit in front. Others it drops from
/// the environment that it hands on.
bool is_shell_name(std::string_view name);

/// The environment of a session's leader (leader.sh).
struct LeaderEnvironment {
  std::vector<std::string> variables;
  std::size_t odd_count = 0;  ///< variables whose names a shell drops; they are handed over under other names
};

/// What the request adds to the container's environment. Asks the engine for the container's own values only where it has
/// variables that the shell would drop.
LeaderEnvironment leader_environment(engine::EngineClient& engine, const SessionRequest& request);

}  // namespace docker_sandbox::sandbox

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/cli/command.hpp"
#include "docker_sandbox/sandbox/host_directory.hpp"
#include "docker_sandbox/sandbox/sandbox.hpp"
#include "docker_sandbox/sandbox/session.hpp"
#include "engine_access.hpp"

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace docker_sandbox::cli {

/// What a sandbox in the credentials mode "host" has on this machine.
sandbox::HostDirectory host_directory(const EngineAccess& engine, const sandbox::Sandbox& sandbox);

/// Makes the login file that is lent to it the same inside and outside, for when no session watches it.
void join_lent_file(const EngineAccess& engine, const sandbox::Sandbox& sandbox);

/// What the caller's terminal and language are, for a session's processes.
std::vector<std::string> session_environment(const CommandContext& context, bool terminal);

/// Runs an agent in its ready sandbox with the caller's streams, as the agent's user, in the workspace. The exit status;
/// nothing when the sandbox was stopped or removed before anything began. Throws Error{agent_not_found,
/// agent_not_executable} when the program cannot be started, wherever the sandbox may have it.
std::optional<int> run_agent(const CommandContext& context, EngineAccess& engine, const sandbox::Sandbox& sandbox,
                             const std::vector<std::string>& command);

/// As run_agent, but in the background: returns the run's number when the agent has been started.
std::optional<int> start_agent(const CommandContext& context, EngineAccess& engine, const sandbox::Sandbox& sandbox,
                               const std::vector<std::string>& command);

}  // namespace docker_sandbox::cli

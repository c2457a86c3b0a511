// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/cli/command.hpp"
#include "docker_sandbox/cli/run_options.hpp"

#include <string>

namespace docker_sandbox::cli {

/// What `run` and `create` do once their options are read. Returns the exit status.
int run_sandbox(const CommandContext& context, const RunOptions& options);

/// The agents, for the end of a help text.
std::string available_agents();

}  // namespace docker_sandbox::cli

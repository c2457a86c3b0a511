// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/cli/command.hpp"
#include "docker_sandbox/sandbox/sandbox.hpp"

#include <functional>
#include <string>
#include <vector>

namespace docker_sandbox::cli {

/// The directory that relative paths start from. Throws Error{io} when it is gone.
std::string current_directory();

enum class UnknownSandbox { complain, accept };

/// Does the same to each sandbox that the arguments name. One that is unknown, or that the engine refuses, is told on
/// stderr and does not keep the others from their turn; `act` returns false when the sandbox was gone in the meantime.
/// Returns the exit status: 1 when there was anything to tell.
int for_each_sandbox(const CommandContext& context, const std::vector<sandbox::Sandbox>& sandboxes,
                     const std::vector<std::string>& arguments, UnknownSandbox unknown,
                     const std::function<bool(const sandbox::Sandbox& sandbox, const std::string& argument)>& act);

}  // namespace docker_sandbox::cli

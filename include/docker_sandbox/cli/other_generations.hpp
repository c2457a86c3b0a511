// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

/// `docker sandbox` also exists in generations that run sandboxes as virtual machines, with other commands and options.
/// Whoever types those here is told what does the same.
namespace docker_sandbox::cli {

/// What to do instead of such a command, as one or more lines, or "" when the word is none of theirs. `words` is the
/// command and what follows it.
std::string instead_of_command(const std::vector<std::string>& words);

/// The same for an option of a command of ours, without its dashes.
std::string instead_of_flag(const std::string& command, const std::string& flag);

/// The same for a directory that stands where it names the workspace there and goes to the agent as text here, or "".
std::string instead_of_workspace_argument(const std::string& agent, const std::vector<std::string>& agent_options);

/// The same for the name of a sandbox where the agent stands here; what is known of that sandbox makes the command.
std::string instead_of_sandbox_argument(const std::string& workspace, const std::string& agent,
                                        const std::vector<std::string>& agent_options);

}  // namespace docker_sandbox::cli

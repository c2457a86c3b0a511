// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/cli/command.hpp"

#include <optional>
#include <string>
#include <vector>

/// Help and usage in the docker CLI's layout, at 80 columns.
namespace docker_sandbox::cli {

/// `docker sandbox --help`.
std::string render_root_help(const std::vector<Command>& all);

/// `docker sandbox COMMAND --help`.
std::string render_command_help(const Command& command, const std::vector<OptionDescription>& options);

/// The table of options, without a heading; hidden ones are left out.
std::string render_options(const std::vector<OptionDescription>& options);

/// "docker sandbox rm SANDBOX [SANDBOX...]".
std::string use_line(const Command& command);

/// What follows the sentence about a wrong option; null: one in front of the command. `advice` comes first, if there is any.
std::string flag_hint(const Command* command, const std::string& advice = {});

/// What may help with an option that the command does not have: the one that was meant, or what does the same here.
std::string flag_advice(const Command& command, const std::string& flag, const std::vector<OptionDescription>& options);

/// What is wrong with that number of arguments, as docker says it, or nothing.
std::optional<base::Error> check_arguments(const Command& command, std::size_t count);

/// For words of which the first is no command.
base::Error unknown_command(const std::vector<std::string>& words);

}  // namespace docker_sandbox::cli

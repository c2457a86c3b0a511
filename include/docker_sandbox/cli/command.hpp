// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/cli/io.hpp"
#include "docker_sandbox/cli/option_set.hpp"
#include "docker_sandbox/docker_config/config_file.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

/// A command is a value: its words for help, and a function that declares its options and returns what it does. To add
/// one, write src/cli/<verb>_command.cpp with one function `Command <verb>_command()`, and name that function in the two
/// lists of src/cli/command_tree.cpp:
///
///     struct RmOptions { bool force = false; };
///     int rm(const CommandContext& context, const RmOptions& options, const std::vector<std::string>& arguments);
///
///     Command rm_command() {
///       return {.name = "rm", .usage = "rm SANDBOX [SANDBOX...]", .summary = "Remove one or more sandboxes",
///               .at_least = 1, .at_most = k_any_number, .argument_kind = ValueKind::sandbox,
///               .declare = [](OptionSet& options) -> Action {
///                 const auto given = std::make_shared<RmOptions>();
///                 options.toggle("-f,--force", given->force, "…");
///                 return [given](const CommandContext& context, const std::vector<std::string>& arguments) {
///                   return rm(context, *given, arguments);
///                 };
///               }};
///     }
///
/// Help, completion, error texts and the number of arguments follow from the value. What the command does throws
/// base::Error for what stops it and returns the exit status otherwise. Only the command that was called is declared,
/// so that the others cost nothing.
namespace docker_sandbox::cli {

/// What every command is given.
struct CommandContext {
  const Io& io;
  const docker_config::Environment& environment;
  const docker_config::GlobalOptions& globals;
};

using Action = std::function<int(const CommandContext& context, const std::vector<std::string>& arguments)>;

/// What a failure of our own ends with, see exit_code.hpp.
enum class StatusFamily {
  plain,    ///< 1
  session,  ///< 125, since smaller numbers are the agent's or the program's
};

inline constexpr std::size_t k_any_number = static_cast<std::size_t>(-1);

struct Command {
  std::string name;
  std::vector<std::string> aliases = {};
  std::string usage;             ///< behind "docker sandbox "
  std::string summary;           ///< for the list of commands
  std::string description = {};  ///< for its own help; empty: the summary
  std::string examples = {};     ///< shown indented
  std::string epilogue = {};     ///< the end of its help, and of the complaint about missing arguments
  std::size_t at_least = 0;      ///< arguments
  std::size_t at_most = 0;
  ValueKind argument_kind = ValueKind::text;
  std::optional<ValueKind> second_argument_kind = {};  ///< where it is another kind than the first
  plugin::FlagsEnd flags_end = plugin::FlagsEnd::anywhere;
  StatusFamily status_family = StatusFamily::plain;
  bool hidden = false;
  std::function<Action(OptionSet&)> declare;
};

/// All commands, in alphabetical order.
const std::vector<Command>& commands();

/// The command of that name or alias, or null.
const Command* find_command(const std::string& word);

}  // namespace docker_sandbox::cli

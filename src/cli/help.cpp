// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/cli/help.hpp"

#include "docker_sandbox/base/text.hpp"
#include "docker_sandbox/cli/other_generations.hpp"
#include "docker_sandbox/cli/suggestion.hpp"

#include <algorithm>

namespace docker_sandbox::cli {
namespace {

using base::Error;
using base::ErrorKind;

constexpr const char* k_program = "docker sandbox";
constexpr const char* k_root_use_line = "docker sandbox [OPTIONS] COMMAND";
constexpr std::size_t k_columns = 80;
constexpr std::size_t k_name_width = 11;   ///< of command names, at least
constexpr std::size_t k_narrowest = 24;    ///< a help text is not squeezed into less
constexpr std::size_t k_deep_indent = 16;  ///< of help texts that stand on lines of their own
constexpr std::size_t k_slop = 5;          ///< a last word that is longer by this much still stays on its line

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(text.size(), width), ' ');
  return text;
}

/// Breaks at blanks, and where the text itself does; the lines after the first begin with `indent` blanks. pflag's rules,
/// so that the table looks as docker's do.
std::string wrapped(std::string_view text, std::size_t indent) {
  std::string result;
  std::size_t width = k_columns - std::min(indent, k_columns);
  if (width < k_narrowest) {
    indent = k_deep_indent;
    width = k_columns - indent;
    result = "\n" + std::string(indent, ' ');
  }
  width -= k_slop;
  const std::string line_end = "\n" + std::string(indent, ' ');
  const auto add = [&](std::string_view part) {
    for (const char c : part) {
      result += c == '\n' ? line_end : std::string(1, c);
    }
  };
  while (text.size() >= width + k_slop) {
    const std::size_t blank = text.find_last_of(" \n", width - 1);
    if (blank == std::string_view::npos || blank == 0) {
      break;
    }
    const std::size_t own_end = text.rfind('\n', width - 1);
    const std::size_t end = own_end != std::string_view::npos && own_end > 0 ? own_end : blank;
    add(text.substr(0, end));
    result += line_end;
    text.remove_prefix(end + 1);
  }
  add(text);
  return result;
}

std::string option_names(const OptionDescription& option) {
  std::string names = option.shorthand != 0 ? std::string("  -") + option.shorthand + ", " : std::string("      ");
  names += "--" + option.name;
  if (!option.type.empty()) {
    names += " " + option.type;
  }
  return names;
}

std::string option_help(const OptionDescription& option) {
  if (option.default_text.empty()) {
    return option.help;
  }
  const bool quoted = option.type == "string";
  return option.help + " (default " + (quoted ? "\"" + option.default_text + "\"" : option.default_text) + ")";
}

std::string indented(const std::string& text) {
  std::string result;
  for (const std::string& line : base::split(text, '\n')) {
    result += (line.empty() ? "" : "  " + line) + "\n";
  }
  return result;
}

std::string paragraphs(const std::string& text) {
  std::string result;
  for (const std::string& line : base::split(text, '\n')) {
    result += wrapped(line, 0) + "\n";
  }
  return result;
}

std::string alias_line(const Command& command) {
  std::string line = std::string(k_program) + " " + command.name;
  for (const std::string& alias : command.aliases) {
    line += std::string(", ") + k_program + " " + alias;
  }
  return line;
}

std::string counted(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " argument" : " arguments");
}

std::string arity_complaint(const Command& command) {
  if (command.at_most == 0) {
    return "accepts no arguments";
  }
  if (command.at_most == command.at_least) {
    return "requires " + counted(command.at_least);
  }
  if (command.at_most == k_any_number) {
    return "requires at least " + counted(command.at_least);
  }
  if (command.at_least == 0) {
    return "requires at most " + counted(command.at_most);
  }
  return "requires at least " + std::to_string(command.at_least) + " and at most " + counted(command.at_most);
}

}  // namespace

std::string render_options(const std::vector<OptionDescription>& options) {
  std::size_t width = 0;
  for (const OptionDescription& option : options) {
    width = option.hidden ? width : std::max(width, option_names(option).size());
  }
  constexpr std::size_t k_gap = 3;
  std::string text;
  for (const OptionDescription& option : options) {
    if (!option.hidden) {
      text += padded(option_names(option), width + k_gap) + wrapped(option_help(option), width + k_gap) + "\n";
    }
  }
  return text;
}

std::string use_line(const Command& command) {
  return std::string(k_program) + " " + command.usage;
}

std::string render_root_help(const std::vector<Command>& all) {
  std::size_t width = k_name_width;
  for (const Command& command : all) {
    width = command.hidden ? width : std::max(width, command.name.size());
  }
  std::string text = std::string("Usage:  ") + k_root_use_line +
                     "\n\nLocal sandbox environments for AI agents, using Docker.\n"
                     "\nOptions:\n  -D, --debug   Enable debug logging\n\nCommands:\n";
  for (const Command& command : all) {
    if (!command.hidden) {
      text += "  " + padded(command.name, width) + " " + command.summary + "\n";
    }
  }
  return text + "\nRun 'docker sandbox COMMAND --help' for more information on a command.\n";
}

std::string render_command_help(const Command& command, const std::vector<OptionDescription>& options) {
  std::string text = "Usage:  " + use_line(command) + "\n\n" +
                     paragraphs(command.description.empty() ? command.summary : command.description);
  if (!command.aliases.empty()) {
    text += "\nAliases:\n  " + alias_line(command) + "\n";
  }
  if (!command.examples.empty()) {
    text += "\nExamples:\n" + indented(command.examples);
  }
  const std::string table = render_options(options);
  if (!table.empty()) {
    text += "\nOptions:\n" + table;
  }
  if (!command.epilogue.empty()) {
    text += "\n" + command.epilogue + "\n";
  }
  return text;
}

std::string flag_hint(const Command* command, const std::string& advice) {
  const std::string name = command == nullptr ? k_program : std::string(k_program) + " " + command->name;
  return (advice.empty() ? "" : advice + "\n\n") +
         "Usage:  " + (command == nullptr ? k_root_use_line : use_line(*command)) + "\n\nRun '" + name +
         " --help' for more information";
}

std::string flag_advice(const Command& command, const std::string& flag,
                        const std::vector<OptionDescription>& options) {
  std::string instead = instead_of_flag(command.name, flag);
  if (!instead.empty()) {
    return instead;
  }
  std::vector<std::string> names;
  for (const OptionDescription& option : options) {
    if (!option.hidden) {
      names.push_back(option.name);
    }
  }
  const std::string meant = closest(flag, names);
  return meant.empty() ? "" : "Did you mean --" + meant + "?";
}

std::optional<Error> check_arguments(const Command& command, std::size_t count) {
  if (count >= command.at_least && count <= command.at_most) {
    return std::nullopt;
  }
  const std::string name = std::string(k_program) + " " + command.name;
  std::string hint = "Usage:  " + use_line(command) + "\n\nSee '" + name + " --help' for more information";
  if (count < command.at_least && !command.epilogue.empty()) {
    hint += "\n\n" + command.epilogue;
  }
  return Error(ErrorKind::usage_arguments, "docker: '" + name + "' " + arity_complaint(command), hint);
}

Error unknown_command(const std::vector<std::string>& words) {
  std::string advice = instead_of_command(words);
  if (advice.empty()) {
    std::vector<std::string> names;
    for (const Command& command : commands()) {
      if (!command.hidden) {
        names.push_back(command.name);
        names.insert(names.end(), command.aliases.begin(), command.aliases.end());
      }
    }
    const std::string meant = closest(words.front(), names);
    advice = meant.empty() ? "" : "Did you mean '" + std::string(k_program) + " " + meant + "'?";
  }
  return Error(ErrorKind::usage_arguments, "docker: unknown command: docker sandbox " + base::printable(words.front()),
               flag_hint(nullptr, advice));
}

}  // namespace docker_sandbox::cli

// SPDX-License-Identifier: Apache-2.0
// Writes the reference pages and man pages out of the command tree, for scripts/gen-docs. Not part of the plugin.
#include "docker_sandbox/cli/command.hpp"
#include "docker_sandbox/cli/help.hpp"

#include <algorithm>
#include <exception>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

using docker_sandbox::cli::Action;
using docker_sandbox::cli::Command;
using docker_sandbox::cli::OptionDescription;

constexpr const char* k_origin = "made by scripts/gen-docs out of the command tree: change src/cli instead";
constexpr const char* k_about = "Local sandbox environments for AI agents, using Docker.";

std::vector<OptionDescription> options_of(const Command& command) {
  docker_sandbox::cli::OptionSet options;
  const Action action = command.declare(options);
  std::vector<OptionDescription> shown = options.describe();
  shown.erase(std::remove_if(shown.begin(), shown.end(), [](const OptionDescription& option) { return option.hidden; }),
              shown.end());
  return shown;
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size()) {
    text.replace(at, what.size(), by);
  }
  return text;
}

std::string long_description(const Command& command) {
  return command.description.empty() ? command.summary + "." : command.description;
}

void write_file(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (!file) {
    throw std::runtime_error("cannot write " + path);
  }
}

// -- Markdown -----------------------------------------------------------------------------------------------------------

/// For a cell of a table, or running text.
std::string markdown(const std::string& text) {
  return replaced(replaced(replaced(text, "|", "\\|"), "<", "&lt;"), "\n", "<br>");
}

std::string markdown_option(const OptionDescription& option) {
  const std::string names = (option.shorthand != 0 ? std::string("`-") + option.shorthand + "`, " : std::string()) +
                            "`--" + option.name + "`";
  const std::string type = option.type.empty() ? "" : "`" + option.type + "`";
  const std::string value = option.default_text.empty() ? "" : "`" + option.default_text + "`";
  return "| " + names + " | " + type + " | " + value + " | " + markdown(option.help) + " |\n";
}

std::string markdown_page(const Command& command) {
  std::string text = "# docker sandbox " + command.name + "\n\n<!-- " + k_origin + " -->\n\n" + command.summary +
                     ".\n\n```text\n" + docker_sandbox::cli::use_line(command) + "\n```\n\n";
  if (!command.description.empty()) {
    text += replaced(command.description, "<", "&lt;") + "\n\n";
  }
  if (!command.aliases.empty()) {
    text += "## Aliases\n\n";
    for (const std::string& alias : command.aliases) {
      text += "- `docker sandbox " + alias + "`\n";
    }
    text += "\n";
  }
  const std::vector<OptionDescription> options = options_of(command);
  if (!options.empty()) {
    text += "## Options\n\n| Option | Type | Default | Description |\n|---|---|---|---|\n";
    for (const OptionDescription& option : options) {
      text += markdown_option(option);
    }
    text += "\n";
  }
  if (!command.examples.empty()) {
    text += "## Examples\n\n```text\n" + command.examples + "\n```\n\n";
  }
  if (!command.epilogue.empty()) {
    text += "```text\n" + command.epilogue + "\n```\n\n";
  }
  text.pop_back();
  return text;
}

std::string markdown_index(const std::vector<Command>& commands) {
  std::string text = std::string("# docker sandbox\n\n<!-- ") + k_origin + " -->\n\n" + k_about +
                     "\n\n```text\ndocker sandbox [OPTIONS] COMMAND\n```\n\n| Command | |\n|---|---|\n";
  for (const Command& command : commands) {
    text += "| [`docker sandbox " + command.name + "`](docker_sandbox_" + command.name + ".md) | " +
            markdown(command.summary) + " |\n";
  }
  return text + "\n## Options\n\n| Option | Description |\n|---|---|\n| `-D`, `--debug` | Enable debug logging |\n";
}

// -- man pages ----------------------------------------------------------------------------------------------------------

/// Running text for roff, a paragraph for each line.
std::string roff(const std::string& text) {
  std::string result;
  for (const char c : text) {
    const bool begins_line = result.empty() || result.back() == '\n';
    if (begins_line && (c == '.' || c == '\'')) {
      result += "\\&";
    }
    result += c == '\\' ? "\\e" : c == '-' ? "\\-" : std::string(1, c);
  }
  return result;
}

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return text;
}

std::string roff_head(const std::string& page, const std::string& summary) {
  return std::string(".\\\" ") + k_origin + "\n.TH \"" + upper(page) +
         "\" \"1\" \"\" \"docker-sandbox\" \"Docker Sandbox\"\n" + ".SH NAME\n" + roff(page + " - " + summary) + "\n";
}

std::string roff_verbatim(const std::string& text) {
  return ".PP\n.nf\n" + roff(text) + "\n.fi\n";
}

std::string roff_option(const OptionDescription& option) {
  std::string text = ".TP\n";
  if (option.shorthand != 0) {
    text += std::string("\\fB\\-") + option.shorthand + "\\fR, ";
  }
  text += "\\fB\\-\\-" + roff(option.name) + "\\fR";
  if (!option.type.empty()) {
    text += " \\fI" + roff(option.type) + "\\fR";
  }
  text += "\n" + replaced(roff(option.help), "\n", "\n.br\n");
  if (!option.default_text.empty()) {
    text += " (default: " + roff(option.default_text) + ")";
  }
  return text + "\n";
}

/// A text whose first line is its title, with a colon.
std::string roff_section(const std::string& text) {
  const std::size_t end = text.find(":\n");
  if (end == std::string::npos) {
    throw std::runtime_error("the end of a help text needs a title: " + text);
  }
  return ".SH " + upper(text.substr(0, end)) + "\n" + roff_verbatim(text.substr(end + 2));
}

std::string man_page(const Command& command) {
  std::string text = roff_head("docker-sandbox-" + command.name, command.summary) + ".SH SYNOPSIS\n" +
                     roff(docker_sandbox::cli::use_line(command)) + "\n.SH DESCRIPTION\n" +
                     replaced(roff(long_description(command)), "\n\n", "\n.PP\n") + "\n";
  for (const std::string& alias : command.aliases) {
    text += ".PP\n" + roff("docker sandbox " + alias + " is the same.") + "\n";
  }
  const std::vector<OptionDescription> options = options_of(command);
  if (!options.empty()) {
    text += ".SH OPTIONS\n";
    for (const OptionDescription& option : options) {
      text += roff_option(option);
    }
  }
  if (!command.examples.empty()) {
    text += ".SH EXAMPLES\n" + roff_verbatim(command.examples);
  }
  if (!command.epilogue.empty()) {
    text += roff_section(command.epilogue);
  }
  return text + ".SH SEE ALSO\n.BR docker\\-sandbox (1),\n.BR docker (1)\n";
}

std::string man_index(const std::vector<Command>& commands) {
  std::string text = roff_head("docker-sandbox", k_about) + ".SH SYNOPSIS\ndocker sandbox [OPTIONS] COMMAND\n" +
                     ".SH OPTIONS\n.TP\n\\fB\\-D\\fR, \\fB\\-\\-debug\\fR\nEnable debug logging\n.SH COMMANDS\n";
  for (const Command& command : commands) {
    text += ".TP\n.BR docker\\-sandbox\\-" + roff(command.name) + " (1)\n" + roff(command.summary) + "\n";
  }
  return text + ".SH SEE ALSO\n.BR docker (1)\n";
}

void write_all(const std::string& reference, const std::string& man) {
  std::vector<Command> shown;
  for (const Command& command : docker_sandbox::cli::commands()) {
    if (!command.hidden) {
      shown.push_back(command);
    }
  }
  write_file(reference + "/docker_sandbox.md", markdown_index(shown));
  write_file(man + "/docker-sandbox.1", man_index(shown));
  for (const Command& command : shown) {
    write_file(reference + "/docker_sandbox_" + command.name + ".md", markdown_page(command));
    write_file(man + "/docker-sandbox-" + command.name + ".1", man_page(command));
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "Usage: docker-sandbox-reference REFERENCE_DIRECTORY MAN_DIRECTORY\n";
    return 2;
  }
  try {
    write_all(argv[1], argv[2]);
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "docker-sandbox-reference: " << error.what() << "\n";
    return 1;
  }
}

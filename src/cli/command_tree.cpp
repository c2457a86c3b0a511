// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/cli/command.hpp"

#include <algorithm>

namespace docker_sandbox::cli {

// One line for each command here …
Command create_command();
Command exec_command();
Command inspect_command();
Command logs_command();
Command ls_command();
Command prune_command();
Command rm_command();
Command run_command();
Command stop_command();
Command version_command();
Command wait_command();

const std::vector<Command>& commands() {
  // … and one here, in alphabetical order.
  static const std::vector<Command> all{
      create_command(), exec_command(), inspect_command(), logs_command(),    ls_command(),   prune_command(),
      rm_command(),     run_command(),  stop_command(),    version_command(), wait_command(),
  };
  return all;
}

const Command* find_command(const std::string& word) {
  for (const Command& command : commands()) {
    if (command.name == word ||
        std::find(command.aliases.begin(), command.aliases.end(), word) != command.aliases.end()) {
      return &command;
    }
  }
  return nullptr;
}

}  // namespace docker_sandbox::cli

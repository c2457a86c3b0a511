// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/base/version.hpp"
#include "docker_sandbox/cli/command.hpp"

namespace docker_sandbox::cli {

Command version_command() {
  return {.name = "version",
          .usage = "version",
          .summary = "Show sandbox version information",
          .declare = [](OptionSet&) -> Action {
            return [](const CommandContext& context, const std::vector<std::string>&) {
              context.io.write_out(std::string("docker-sandbox ") + base::k_version + " " + base::k_commit + "\n");
              return 0;
            };
          }};
}

}  // namespace docker_sandbox::cli

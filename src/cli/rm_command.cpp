// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/cli/command.hpp"
#include "docker_sandbox/sandbox/host_directory.hpp"
#include "docker_sandbox/sandbox/registry.hpp"
#include "docker_sandbox/sandbox/removal.hpp"
#include "engine_access.hpp"
#include "sandbox_arguments.hpp"

namespace docker_sandbox::cli {
namespace {

struct RmOptions {
  bool force = false;
};

int rm(const CommandContext& context, const RmOptions& options, const std::vector<std::string>& arguments) {
  EngineAccess engine = access_engine(context);
  return for_each_sandbox(context, sandbox::SandboxRegistry(engine.client).list(), arguments,
                          options.force ? UnknownSandbox::accept : UnknownSandbox::complain,
                          [&](const sandbox::Sandbox& sandbox, const std::string& argument) {
                            if (!sandbox::remove_sandbox(engine.client, sandbox)) {
                              return false;
                            }
                            sandbox::discard_host_directory(engine.config.directory, engine.client.endpoint(), sandbox);
                            context.io.write_out(argument + "\n");
                            return true;
                          });
}

}  // namespace

Command rm_command() {
  return {.name = "rm",
          .aliases = {"remove"},
          .usage = "rm SANDBOX [SANDBOX...]",
          .summary = "Remove one or more sandboxes",
          .description =
              "Remove one or more sandboxes, running ones too. The workspace and the credentials that sandboxes share "
              "stay.",
          .examples =
              "docker sandbox rm .\n"
              "docker sandbox rm $(docker sandbox ls -q)",
          .at_least = 1,
          .at_most = k_any_number,
          .argument_kind = ValueKind::sandbox,
          .declare = [](OptionSet& options) -> Action {
            const auto given = std::make_shared<RmOptions>();
            options.toggle("-f,--force", given->force, "Do not fail for a sandbox that does not exist");
            return [given](const CommandContext& context, const std::vector<std::string>& arguments) {
              return rm(context, *given, arguments);
            };
          }};
}

}  // namespace docker_sandbox::cli

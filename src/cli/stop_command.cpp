// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/cli/command.hpp"
#include "docker_sandbox/sandbox/registry.hpp"
#include "engine_access.hpp"
#include "sandbox_arguments.hpp"

namespace docker_sandbox::cli {
namespace {

int stop(const CommandContext& context, const std::vector<std::string>& arguments) {
  EngineAccess engine = access_engine(context);
  return for_each_sandbox(context, sandbox::SandboxRegistry(engine.client).list(), arguments, UnknownSandbox::complain,
                          [&](const sandbox::Sandbox& sandbox, const std::string& argument) {
                            try {
                              engine.client.stop_container(sandbox.id);
                            } catch (const base::Error& error) {
                              if (error.kind() == base::ErrorKind::engine_not_found) {
                                return false;  // removed since the list was made
                              }
                              throw;
                            }
                            context.io.write_out(argument + "\n");
                            return true;
                          });
}

}  // namespace

Command stop_command() {
  return {
      .name = "stop",
      .usage = "stop SANDBOX [SANDBOX...]",
      .summary = "Stop one or more sandboxes",
      .description =
          "Stop one or more sandboxes. What runs in them ends; what is in them stays. The next 'docker sandbox run' "
          "in the workspace starts its sandbox again.",
      .examples = "docker sandbox stop .",
      .at_least = 1,
      .at_most = k_any_number,
      .argument_kind = ValueKind::sandbox,
      .declare = [](OptionSet&) -> Action { return stop; }};
}

}  // namespace docker_sandbox::cli

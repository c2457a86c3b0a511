// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/agent/catalog.hpp"
#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/cli/command.hpp"
#include "docker_sandbox/cli/run_options.hpp"
#include "run_call.hpp"

namespace docker_sandbox::cli {
namespace {

using base::Error;
using base::ErrorKind;

int create(const CommandContext& context, RunOptions options, const std::vector<std::string>& arguments) {
  options.detached = true;
  options.agent = arguments.front();
  if (arguments.size() > 1) {
    if (options.workspace) {
      throw Error(ErrorKind::invalid_value, "the workspace is given twice: as --workspace and behind the agent");
    }
    options.workspace = arguments[1];
  }
  return run_sandbox(context, options);
}

}  // namespace

Command create_command() {
  return {.name = "create",
          .usage = "create [OPTIONS] AGENT [WORKSPACE]",
          .summary = "Create a sandbox without running the agent",
          .description =
              "Create the sandbox of a workspace, or start the one that it has, without running the agent: what "
              "'docker sandbox run -d' does without agent options. Prints the sandbox's ID.\n\n"
              "AGENT is one of: " +
              agent::agent_names() +
              ". The workspace is the current directory unless WORKSPACE or --workspace names "
              "another.",
          .examples =
              "docker sandbox create claude\n"
              "docker sandbox create --name web -e NODE_ENV=development claude ~/projects/web",
          .epilogue = available_agents(),
          .at_least = 1,
          .at_most = 2,
          .argument_kind = ValueKind::agent,
          .second_argument_kind = ValueKind::directory,
          .declare = [](OptionSet& options) -> Action {
            const auto given = std::make_shared<RunOptions>();
            declare_creation_options(options, *given);
            return [given, &options](const CommandContext& context, const std::vector<std::string>& arguments) {
              given->credentials_given = options.given("credentials");
              return create(context, *given, arguments);
            };
          }};
}

}  // namespace docker_sandbox::cli

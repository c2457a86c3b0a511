// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/cli/command.hpp"
#include "docker_sandbox/output/inspect_view.hpp"
#include "docker_sandbox/sandbox/registry.hpp"
#include "engine_access.hpp"
#include "sandbox_arguments.hpp"
#include "sandbox_views.hpp"

namespace docker_sandbox::cli {
namespace {

struct InspectOptions {
  bool show_secrets = false;
  std::string format;
};

int inspect(const CommandContext& context, const InspectOptions& options, const std::vector<std::string>& arguments) {
  const output::InspectFormat format(options.format);
  EngineAccess engine = access_engine(context);
  std::vector<output::SandboxView> views;
  SandboxFailures failures(context.io,
                           options.format == "json" ? SandboxFailures::Manner::keep : SandboxFailures::Manner::tell);
  for_each_sandbox(context, failures, sandbox::SandboxRegistry(engine.client).list(sandbox::Labels::kept), arguments,
                   UnknownSandbox::complain, [&](const sandbox::Sandbox& sandbox, const std::string&) {
                     const auto container = engine.client.find_container(sandbox.id);
                     if (!container) {
                       return false;  // removed since the list was made
                     }
                     views.push_back(view_of(sandbox, *container));
                     return true;
                   });
  const output::Destination destination =
      context.io.out_is_terminal() ? output::Destination::terminal : output::Destination::other;
  context.io.write_out(format.render(views, options.show_secrets, destination));
  failures.throw_kept();
  return failures.status();
}

}  // namespace

Command inspect_command() {
  return {.name = "inspect",
          .usage = "inspect SANDBOX [SANDBOX...]",
          .summary = "Display detailed information on one or more sandboxes",
          .examples =
              "docker sandbox inspect .\n"
              "docker sandbox inspect --format \"{{.Workspace}}\" my-project",
          .at_least = 1,
          .at_most = k_any_number,
          .argument_kind = ValueKind::sandbox,
          .declare = [](OptionSet& options) -> Action {
            const auto given = std::make_shared<InspectOptions>();
            options.text("-f,--format", given->format,
                         "Format output using a custom template:\n"
                         "'json':             Print in JSON format\n"
                         "'TEMPLATE':         Print output using the given Go template");
            options.toggle("--show-secrets", given->show_secrets,
                           "Show the values of variables that are likely to hold a secret");
            return [given](const CommandContext& context, const std::vector<std::string>& arguments) {
              return inspect(context, *given, arguments);
            };
          }};
}

}  // namespace docker_sandbox::cli

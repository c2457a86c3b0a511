// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/cli/command.hpp"
#include "docker_sandbox/output/list_view.hpp"
#include "docker_sandbox/sandbox/registry.hpp"
#include "engine_access.hpp"
#include "sandbox_views.hpp"

namespace docker_sandbox::cli {
namespace {

struct LsOptions {
  bool quiet = false;
  bool no_trunc = false;
};

int ls(const CommandContext& context, const LsOptions& options) {
  EngineAccess engine = access_engine(context);
  std::vector<output::SandboxView> views;
  for (const sandbox::Sandbox& sandbox : sandbox::SandboxRegistry(engine.client).list()) {
    views.push_back(view_of(sandbox));
  }
  context.io.write_out(output::render_list(views, {.quiet = options.quiet, .no_trunc = options.no_trunc}));
  return 0;
}

}  // namespace

Command ls_command() {
  return {.name = "ls",
          .aliases = {"list"},
          .usage = "ls [OPTIONS]",
          .summary = "List sandboxes",
          .declare = [](OptionSet& options) -> Action {
            const auto given = std::make_shared<LsOptions>();
            options.toggle("--no-trunc", given->no_trunc, "Do not truncate output");
            options.toggle("-q,--quiet", given->quiet, "Only display sandbox IDs");
            return [given](const CommandContext& context, const std::vector<std::string>&) {
              return ls(context, *given);
            };
          }};
}

}  // namespace docker_sandbox::cli

// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/cli/command.hpp"
#include "docker_sandbox/cli/help.hpp"
#include "docker_sandbox/output/list_filter.hpp"
#include "docker_sandbox/output/list_view.hpp"
#include "docker_sandbox/sandbox/mounted_workspace.hpp"
#include "docker_sandbox/sandbox/registry.hpp"
#include "engine_access.hpp"
#include "sandbox_arguments.hpp"
#include "sandbox_views.hpp"

namespace docker_sandbox::cli {
namespace {

struct LsOptions {
  bool quiet = false;
  bool no_trunc = false;
  std::string format;
  std::vector<std::string> filters;
};

/// `--format`, else what config.json says ("plugins": {"sandbox": {"lsFormat": …}}), else the columns.
output::ListFormat list_format(const CommandContext& context, const LsOptions& options,
                               const docker_config::ConfigFile& config) {
  output::ListFormat format(options.format.empty() && !options.quiet ? config.ls_format : options.format);
  if (options.quiet && !format.is_default()) {
    context.io.message("WARNING: Ignoring custom format, because both --format and --quiet are set.");
  }
  return format;
}

output::ListFilter list_filter(const CommandContext& context, const LsOptions& options) {
  try {
    return output::ListFilter(options.filters, [&context](const std::string& path) {
      return sandbox::workspace_path(path, current_directory(context));
    });
  } catch (const base::Error& error) {
    if (error.kind() == base::ErrorKind::usage_flag) {
      throw base::Error(error.kind(), error.what(), flag_hint(find_command("ls")));
    }
    throw;
  }
}

std::string workspace_note(engine::EngineClient& engine, const sandbox::Sandbox& sandbox) {
  switch (sandbox::workspace_condition(engine, sandbox)) {
    case sandbox::WorkspaceCondition::as_it_was:
      return {};
    case sandbox::WorkspaceCondition::gone:
      return "gone";
    case sandbox::WorkspaceCondition::made_again:
      return "made again";
  }
  return {};
}

int ls(const CommandContext& context, const LsOptions& options) {
  const output::ListFilter filter = list_filter(context, options);
  EngineAccess engine = access_engine(context);
  const output::ListFormat format = list_format(context, options, engine.config);
  std::vector<output::SandboxView> views;
  const bool wants_labels = !options.quiet && !format.is_default();
  const sandbox::Labels labels =
      wants_labels || filter.asks_for_labels() ? sandbox::Labels::kept : sandbox::Labels::dropped;
  for (sandbox::Sandbox& sandbox : sandbox::SandboxRegistry(engine.client).list(labels)) {
    output::SandboxView view = view_taking_labels_of(sandbox);
    if (filter.matches(view)) {
      if (format.is_default() && !options.quiet) {
        view.workspace_note = workspace_note(engine.client, sandbox);
      }
      views.push_back(std::move(view));
    }
    sandbox = {};  // the next view takes its memory
  }
  const output::ListStyle style{
      .quiet = options.quiet,
      .no_trunc = options.no_trunc,
      .destination = context.io.out_is_terminal() ? output::Destination::terminal : output::Destination::other};
  context.io.write_out(format.render(views, style));
  return 0;
}

}  // namespace

Command ls_command() {
  return {.name = "ls",
          .aliases = {"list"},
          .usage = "ls [OPTIONS]",
          .summary = "List sandboxes",
          .examples =
              "docker sandbox ls --filter status=running\n"
              "docker sandbox ls --format \"table {{.Name}}\\t{{.Workspace}}\"",
          .declare = [](OptionSet& options) -> Action {
            const auto given = std::make_shared<LsOptions>();
            options.list("-f,--filter", given->filters, "Filter output based on conditions provided",
                         {.type = "filter", .choices = {"agent=", "id=", "label=", "name=", "status=", "workspace="}});
            options.text("--format", given->format,
                         "Format output using a custom template:\n"
                         "'table':            Print output in table format with column headers (default)\n"
                         "'table TEMPLATE':   Print output in table format using the given Go template\n"
                         "'json':             Print in JSON format\n"
                         "'TEMPLATE':         Print output using the given Go template",
                         {.choices = {"json", "table"}});
            options.toggle("--no-trunc", given->no_trunc, "Do not truncate output");
            options.toggle("-q,--quiet", given->quiet, "Only display sandbox IDs");
            return
                [given](const CommandContext& context, const std::vector<std::string>&) { return ls(context, *given); };
          }};
}

}  // namespace docker_sandbox::cli

// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/base/text.hpp"
#include "docker_sandbox/base/time.hpp"
#include "docker_sandbox/cli/command.hpp"
#include "docker_sandbox/output/list_filter.hpp"
#include "docker_sandbox/output/progress.hpp"
#include "docker_sandbox/sandbox/host_directory.hpp"
#include "docker_sandbox/sandbox/removal.hpp"
#include "engine_access.hpp"

#include <unistd.h>

#include <cerrno>
#include <chrono>

namespace docker_sandbox::cli {
namespace {

using base::Error;
using base::ErrorKind;
using sandbox::Prunable;

struct PruneOptions {
  bool force = false;
  bool dry_run = false;
  std::vector<std::string> filters;
};

base::UnixTime now() {
  return std::chrono::system_clock::now().time_since_epoch();
}

/// The earliest of the points in time that `until` filters give; without one, all time.
base::UnixTime parse_until(const std::vector<std::string>& filters) {
  base::UnixTime until = base::UnixTime::max();
  for (const std::string& filter : filters) {
    const std::optional<output::FilterArgument> given = output::parse_filter(filter, "--filter");
    if (!given) {
      continue;
    }
    if (base::to_lower(given->name) != "until") {
      throw Error(ErrorKind::invalid_value, "invalid filter '" + base::printable(given->name) + "'",
                  "The only filter is until=TIME.");
    }
    const std::optional<base::UnixTime> time = base::parse_docker_time(given->value, now());
    if (!time) {
      throw Error(ErrorKind::invalid_value,
                  "invalid value for the filter until: \"" + base::printable(given->value) + "\"",
                  "It takes a duration (24h, 10m) or a point in time (2026-01-31T12:00:00, Unix seconds).");
    }
    until = std::min(until, *time);
  }
  return until;
}

std::string describe(const Prunable& prunable) {
  std::string name = base::printable(prunable.sandbox.name);
  const std::string workspace = base::printable(prunable.sandbox.workspace);
  switch (prunable.reason) {
    case sandbox::PruneReason::stopped:
      return name + " (stopped; workspace " + workspace + ")";
    case sandbox::PruneReason::workspace_gone:
      return name + " (its workspace " + workspace + " is gone)";
    case sandbox::PruneReason::unfinished:
      return name + " (left behind half-made; workspace " + workspace + ")";
    case sandbox::PruneReason::replaced:
      return name + " (left behind by run --recreate; workspace " + workspace + ")";
  }
  return name;
}

std::string describe(const std::vector<Prunable>& all) {
  std::string text;
  for (const Prunable& prunable : all) {
    text += "  - " + describe(prunable) + "\n";
  }
  return text;
}

std::int64_t total_size(const std::vector<Prunable>& all) {
  std::int64_t size = 0;
  for (const Prunable& prunable : all) {
    size += prunable.sandbox.size_rw;
  }
  return size;
}

/// One line of the terminal; what stands for its end of file is no.
bool confirmed(const Io& io, const std::string& question) {
  io.write_err(question + " [y/N] ");
  std::string line;
  char c = 0;
  for (;;) {
    const ssize_t count = ::read(io.in(), &c, 1);
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count <= 0 || c == '\n') {
      break;
    }
    line += c;
  }
  const std::string answer = base::to_lower(base::trim(line));
  return answer == "y" || answer == "yes";
}

int remove(const CommandContext& context, EngineAccess& engine, const std::vector<Prunable>& all) {
  bool any = false;
  std::int64_t size = 0;
  int status = 0;
  for (const Prunable& prunable : all) {
    try {
      if (prune(engine.client, prunable)) {
        // At once: whoever interrupts it shall see what is gone already.
        context.io.write_out((any ? "" : "Deleted Sandboxes:\n") + base::printable(prunable.sandbox.name) + "\n");
        sandbox::discard_host_directory(engine.config.directory, engine.client.endpoint(), prunable.sandbox);
        any = true;
        size += prunable.sandbox.size_rw;
      }
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::engine_unreachable || error.kind() == ErrorKind::engine_protocol) {
        throw;
      }
      context.io.write_err(base::printable_lines(error.what()) + "\n");
      status = 1;
    }
  }
  // Of sandboxes that went in other ways, too.
  sandbox::sweep_host_directories(engine.client, engine.config.directory);
  context.io.write_out(std::string(any ? "\n" : "") + "Total reclaimed space: " + output::human_size(size) + "\n");
  return status;
}

int prune(const CommandContext& context, const PruneOptions& options) {
  const base::UnixTime until = parse_until(options.filters);
  if (!options.force && !options.dry_run && !context.io.in_is_terminal()) {
    throw Error(ErrorKind::invalid_value,
                "nothing was removed: there is no terminal to ask whether sandboxes may be removed",
                "Use -f to remove them without a question, or --dry-run to see which they are.");
  }
  EngineAccess engine = access_engine(context);
  const std::vector<Prunable> all = sandbox::find_prunable(engine.client, now(), until);
  if (options.dry_run) {
    context.io.write_out((all.empty() ? "" : "Sandboxes that would be deleted:\n" + describe(all) + "\n") +
                         "Total reclaimable space: " + output::human_size(total_size(all)) + "\n");
    return 0;
  }
  if (!all.empty() && !options.force) {
    context.io.write_err("WARNING! This will remove:\n" + describe(all) + "\n");
    if (!confirmed(context.io, "Are you sure you want to continue?")) {
      return 0;
    }
  }
  return remove(context, engine, all);
}

}  // namespace

Command prune_command() {
  return {
      .name = "prune",
      .usage = "prune [OPTIONS]",
      .summary = "Remove sandboxes that nobody uses",
      .description =
          "Remove stopped sandboxes, and running ones without a session whose workspace is gone. The credentials that "
          "sandboxes share stay.",
      .examples =
          "docker sandbox prune --dry-run\n"
          "docker sandbox prune --force --filter until=24h",
      .declare = [](OptionSet& options) -> Action {
        const auto given = std::make_shared<PruneOptions>();
        options.toggle("--dry-run", given->dry_run, "Show what would be removed, and remove nothing");
        options.list("--filter", given->filters, "Provide filter values (e.g. \"until=24h\")", {.type = "filter"});
        options.toggle("-f,--force", given->force, "Do not prompt for confirmation");
        return
            [given](const CommandContext& context, const std::vector<std::string>&) { return prune(context, *given); };
      }};
}

}  // namespace docker_sandbox::cli

// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/base/text.hpp"
#include "docker_sandbox/base/time.hpp"
#include "docker_sandbox/cli/command.hpp"
#include "run_argument.hpp"
#include "run_output.hpp"
#include "sandbox_arguments.hpp"

#include <chrono>
#include <memory>
#include <utility>

namespace docker_sandbox::cli {
namespace {

using base::Error;
using base::ErrorKind;

struct LogsOptions {
  bool follow = false;
  bool timestamps = false;
  std::string tail = "all";
  std::optional<std::string> since;
  std::optional<std::string> run;
};

LogSelection selection_of(const LogsOptions& options) {
  LogSelection selection{.tail = parse_tail(options.tail), .since = std::nullopt, .timestamps = options.timestamps};
  if (options.since) {
    selection.since = base::parse_docker_time(*options.since, std::chrono::system_clock::now().time_since_epoch());
    if (!selection.since) {
      throw Error(ErrorKind::invalid_value,
                  "invalid value for --since: \"" + base::printable(*options.since) +
                      "\" (must be a time such as 2026-01-31T12:00:00Z, or a duration such as 10m)");
    }
  }
  return selection;
}

class Logs {
 public:
  Logs(const CommandContext& context, const LogSelection& selection) : context_(context), selection_(selection) {}

  /// Output that was there before is held until all of it is known, as --tail needs it; what comes later is shown at once.
  void add(const sandbox::LogChunk& chunk) {
    maker_.add(chunk, lines_);
    if (caught_up_) {
      show();
    }
  }

  void caught_up() {
    show();
    caught_up_ = true;
    selection_.tail.reset();
  }

  void finish() {
    maker_.finish(lines_);
    show();
  }

 private:
  void show() {
    for (const LogLines& lines : select_lines(std::exchange(lines_, {}), selection_)) {
      const std::string text = shown(lines, selection_.timestamps);
      if (lines.stream == engine::OutputStream::out) {
        context_.io.write_out(text);
      } else {
        context_.io.write_err(text);
      }
    }
  }

  const CommandContext& context_;
  LogSelection selection_;
  LineMaker maker_;
  std::vector<LogLines> lines_;
  bool caught_up_ = false;
};

int logs(const CommandContext& context, const LogsOptions& options, const std::string& argument) {
  const int run = parse_run(options.run);
  Logs shown(context, selection_of(options));
  EngineAccess engine = access_engine(context);
  const sandbox::Sandbox sandbox = named_sandbox(context, engine, argument);
  const std::optional<sandbox::RunReport> report = sandbox::read_run(
      engine.client, sandbox.id, run, options.follow ? sandbox::ReadMode::follow : sandbox::ReadMode::all,
      {.chunk = [&](const sandbox::LogChunk& chunk) { shown.add(chunk); },
       .caught_up = [&] { shown.caught_up(); },
       .paused = paused_note(context)});
  if (!report) {
    throw no_such_run(argument, run);
  }
  shown.finish();
  if (const std::string reason = reason_of(*report); !reason.empty()) {
    context.io.message(reason);
  }
  return 0;
}

}  // namespace

Command logs_command() {
  return {.name = "logs",
          .usage = "logs [OPTIONS] SANDBOX",
          .summary = "Show the output of a sandbox's headless run",
          .description =
              "Show what a headless run of a sandbox has written. A headless run is what 'run -d AGENT agent-options' "
              "starts; "
              "without --run the latest one counts. Of a long output the last few megabytes are kept, and of many runs "
              "the last 20 and those that have not ended.",
          .examples =
              "docker sandbox logs -f .\n"
              "docker sandbox logs --run 2 --tail 20 my-project",
          .at_least = 1,
          .at_most = 1,
          .argument_kind = ValueKind::sandbox,
          .declare = [](OptionSet& options) -> Action {
            const auto given = std::make_shared<LogsOptions>();
            options.toggle("-f,--follow", given->follow, "Follow the output until the run has ended");
            options.text("--run", given->run, "Number of an earlier run", {.type = "int"});
            options.text("--since", given->since,
                         "Show output since a time (2026-01-31T12:00:00Z) or a duration (10m)");
            options.text("-n,--tail", given->tail, "Number of lines to show from the end", {.default_text = "all"});
            options.toggle("-t,--timestamps", given->timestamps, "Show the time of each line");
            return [given](const CommandContext& context, const std::vector<std::string>& arguments) {
              return logs(context, *given, arguments.front());
            };
          }};
}

}  // namespace docker_sandbox::cli

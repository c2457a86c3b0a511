// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/cli/command.hpp"
#include "run_argument.hpp"
#include "sandbox_arguments.hpp"
#include "sandbox_session.hpp"

#include <memory>
#include <optional>
#include <string>

namespace docker_sandbox::cli {
namespace {

int wait(const CommandContext& context, const std::optional<std::string>& run_text, const std::string& argument) {
  const int run = parse_run(run_text);
  EngineAccess engine = access_engine(context);
  const sandbox::Sandbox sandbox = named_sandbox(context, engine, argument);
  const std::optional<sandbox::RunReport> report =
      sandbox::read_run(engine.client, sandbox.id, run, sandbox::ReadMode::wait, {.paused = paused_note(context)});
  if (!report) {
    throw no_such_run(argument, run);
  }
  join_lent_file(engine, sandbox);
  if (const std::string reason = reason_of(*report); !reason.empty()) {
    context.io.message(reason);
  }
  context.io.write_out(std::to_string(report->state.exit_code) + "\n");
  return report->state.exit_code;
}

}  // namespace

Command wait_command() {
  return {
      .name = "wait",
      .usage = "wait [OPTIONS] SANDBOX",
      .summary = "Wait for a sandbox's headless run and print its exit code",
      .description =
          "Wait until a headless run of a sandbox has ended, print its exit code and exit with it. A headless run is "
          "what 'run -d AGENT agent-options' starts; without --run the latest one counts. A run that a signal, lack of "
          "memory or "
          "the end of its sandbox has ended says so on stderr.",
      .examples =
          "docker sandbox run -d claude -p \"fix the tests\"\n"
          "docker sandbox wait .",
      .at_least = 1,
      .at_most = 1,
      .argument_kind = ValueKind::sandbox,
      .declare = [](OptionSet& options) -> Action {
        const auto run = std::make_shared<std::optional<std::string>>();
        options.text("--run", *run, "Number of an earlier run", {.type = "int"});
        return [run](const CommandContext& context, const std::vector<std::string>& arguments) {
          return wait(context, *run, arguments.front());
        };
      }};
}

}  // namespace docker_sandbox::cli

// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/base/exit_status.hpp"
#include "docker_sandbox/base/text.hpp"
#include "docker_sandbox/cli/command.hpp"
#include "docker_sandbox/sandbox/checked_mounts.hpp"
#include "docker_sandbox/sandbox/environment.hpp"
#include "docker_sandbox/sandbox/host_credentials.hpp"
#include "engine_access.hpp"
#include "sandbox_arguments.hpp"
#include "sandbox_session.hpp"

namespace docker_sandbox::cli {
namespace {

using base::Error;
using base::ErrorKind;

struct ExecOptions {
  std::vector<std::string> env;
  std::vector<std::string> env_files;
  bool interactive = false;
  bool tty = false;
  std::optional<std::string> user;
  std::optional<std::string> working_directory;
};

void wake(EngineAccess& engine, const sandbox::Sandbox& sandbox) {
  switch (sandbox.state) {
    case sandbox::RunState::created:
    case sandbox::RunState::stopped:
      engine.client.start_container(sandbox.id);
      sandbox::refuse_other_workspace(engine.client, sandbox);
      break;
    case sandbox::RunState::paused:
      engine.client.unpause_container(sandbox.id);
      break;
    case sandbox::RunState::running:
    case sandbox::RunState::going:
      break;
  }
}

sandbox::SessionStreams streams_of(const CommandContext& context, const ExecOptions& options) {
  const Io& io = context.io;
  if (options.tty && options.interactive && !io.in_is_terminal()) {
    throw Error(ErrorKind::invalid_value, "the input device is not a TTY");
  }
  return {.in = io.in(),
          .out = io.out(),
          .err = io.err(),
          .terminal = options.tty,
          .forward_input = options.interactive,
          .caller = docker_cli(context)};
}

int exec(const CommandContext& context, const ExecOptions& options, const std::vector<std::string>& arguments) {
  const sandbox::SessionStreams streams = streams_of(context, options);
  const std::vector<sandbox::Variable> variables =
      sandbox::parse_variables(options.env_files, options.env, context.environment);
  EngineAccess engine = access_engine(context);
  const sandbox::Sandbox sandbox = named_sandbox(context, engine, arguments.front());
  wake(engine, sandbox);
  sandbox::SessionRequest request{.container_id = sandbox.id,
                                  .command = {arguments.begin() + 1, arguments.end()},
                                  .env = session_environment(context, streams.terminal),
                                  .user = options.user.value_or(sandbox.user),
                                  .working_directory = options.working_directory.value_or(sandbox.workspace),
                                  .detach_keys = engine.config.detach_keys,
                                  .container_variables = sandbox.variables};
  for (const sandbox::Variable& variable : variables) {
    request.env.push_back(variable.name + "=" + variable.value);
  }
  const sandbox::HostLoan loan(sandbox, context.environment, host_directory(engine, sandbox));
  if (loan.variable()) {
    request.env.insert(request.env.begin(), *loan.variable());
  }
  const sandbox::SessionOutcome outcome = sandbox::run_session(engine.client, request, streams);
  switch (outcome.end) {
    case sandbox::SessionEnd::ended:
      if (!outcome.reason.empty()) {
        context.io.message(outcome.reason);
      }
      return outcome.exit_code;
    case sandbox::SessionEnd::detached:
      return 0;
    case sandbox::SessionEnd::container_is_gone:
      throw no_such_sandbox(arguments.front());
    case sandbox::SessionEnd::not_started:
      break;
  }
  throw Error(
      outcome.exit_code == base::k_status_not_found ? ErrorKind::agent_not_found : ErrorKind::agent_not_executable,
      "cannot start " + base::printable(arguments[1]) + " in the sandbox " + base::printable(sandbox.name) + ": " +
          base::printable_lines(base::trim(outcome.start_failure)));
}

}  // namespace

Command exec_command() {
  return {.name = "exec",
          .usage = "exec [OPTIONS] SANDBOX COMMAND [ARG...]",
          .summary = "Execute a command in a sandbox",
          .description =
              "Execute a command in a sandbox, as the agent's user and in the workspace. A sandbox that is stopped is "
              "started, a paused one goes on.",
          .examples =
              "docker sandbox exec -it . bash\n"
              "docker sandbox exec my-project npm test",
          .at_least = 2,
          .at_most = k_any_number,
          .argument_kind = ValueKind::sandbox,
          .flags_end = plugin::FlagsEnd::at_first_argument,
          .status_family = StatusFamily::session,
          .declare = [](OptionSet& options) -> Action {
            const auto given = std::make_shared<ExecOptions>();
            options.list("-e,--env", given->env, "Set environment variables (format: KEY=VALUE)",
                         {.kind = ValueKind::variable});
            options.list("--env-file", given->env_files, "Read in a file of environment variables",
                         {.kind = ValueKind::file});
            options.toggle("-i,--interactive", given->interactive, "Forward the standard input to the command");
            options.toggle("-t,--tty", given->tty, "Give the command a terminal");
            options.text("-u,--user", given->user,
                         "User name or number, with a group if need be (format: name|uid[:group|:gid])");
            options.text("-w,--workdir", given->working_directory, "Working directory inside the sandbox");
            return [given](const CommandContext& context, const std::vector<std::string>& arguments) {
              return exec(context, *given, arguments);
            };
          }};
}

}  // namespace docker_sandbox::cli

// SPDX-License-Identifier: Apache-2.0
#include "sandbox_session.hpp"

#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/base/log.hpp"
#include "docker_sandbox/base/text.hpp"
#include "docker_sandbox/sandbox/host_credentials.hpp"
#include "docker_sandbox/sandbox/program_search.hpp"

#include <unistd.h>

namespace docker_sandbox::cli {
namespace {

using base::Error;
using base::ErrorKind;

Error not_found(const sandbox::Sandbox& sandbox, const std::string& program, const sandbox::ProgramSearch& search) {
  // "please check this is the correct sandbox": so it says whose it is, too.
  return Error(ErrorKind::agent_not_found,
               "The " + program + " binary was not found in the sandbox; please check this is the correct sandbox for this agent.",
               "Sandbox:   " + sandbox.name + " (made for " + sandbox.agent + ")\n" +
               "Template:  " + sandbox.template_image + "\n" +
               "Searched:  " + search.path + "\n\n" +
               "Use a template that has " + program + " (--template), or install it in the sandbox; a sandbox that was made from "
               "another template is replaced after 'docker sandbox rm " + sandbox.name + "'.");
}

Error not_executable(const sandbox::Sandbox& sandbox, const std::string& file, const std::string& why) {
  return Error(ErrorKind::agent_not_executable, file + " cannot be executed in the sandbox " + sandbox.name + why,
               "Template:  " + sandbox.template_image);
}

}  // namespace

pid_t docker_cli(const CommandContext& context) {
  return variable(context, "DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND").empty() ? 0 : ::getppid();
}

std::vector<std::string> session_environment(const CommandContext& context, bool terminal) {
  std::vector<std::string> variables;
  for (const auto& [name, value] : context.environment) {
    const bool of_terminal = name == "TERM" || name == "COLORTERM";
    const bool of_language = name == "LANG" || name == "TZ" || name.compare(0, 3, "LC_") == 0;
    if (of_language || (of_terminal && terminal)) {
      variables.push_back(name + "=" + value);
    }
  }
  return variables;
}

std::optional<int> run_agent(const CommandContext& context, EngineAccess& engine, const sandbox::Sandbox& sandbox,
                             const std::vector<std::string>& command) {
  const sandbox::SessionStreams streams{.in = context.io.in(),
                                        .out = context.io.out(),
                                        .err = context.io.err(),
                                        .terminal = context.io.in_is_terminal() && context.io.out_is_terminal(),
                                        .caller = docker_cli(context)};
  sandbox::SessionRequest request{.container_id = sandbox.id,
                                  .command = command,
                                  .env = session_environment(context, streams.terminal),
                                  .user = sandbox.user,
                                  .working_directory = sandbox.workspace,
                                  .detach_keys = engine.config.detach_keys,
                                  .container_variables = sandbox.variables};
  const sandbox::LentSshAgent ssh_agent(sandbox, context.environment, engine.config.directory);
  if (ssh_agent.variable()) {
    request.env.push_back(*ssh_agent.variable());
  }
  sandbox::SessionOutcome outcome = sandbox::run_session(engine.client, request, streams);
  if (outcome.end == sandbox::SessionEnd::not_started) {
    base::debug("{} could not be started: {}", command.front(), outcome.start_failure);
    const sandbox::ProgramSearch search = sandbox::search_program(engine.client, sandbox, command.front());
    if (search.found.empty() && search.denied.empty()) {
      throw not_found(sandbox, command.front(), search);
    }
    if (search.found.empty()) {
      throw not_executable(sandbox, search.denied, ": it is not an executable file for the agent's user");
    }
    request.command.front() = search.found;
    request.env.push_back("PATH=" + search.path);
    outcome = sandbox::run_session(engine.client, request, streams);
    if (outcome.end == sandbox::SessionEnd::not_started) {
      throw not_executable(sandbox, search.found, ": " + std::string(base::trim(outcome.start_failure)));
    }
  }
  if (outcome.end == sandbox::SessionEnd::container_is_gone) {
    return std::nullopt;
  }
  if (!outcome.reason.empty()) {
    context.io.message(outcome.reason);
  }
  return outcome.exit_code;
}

}  // namespace docker_sandbox::cli

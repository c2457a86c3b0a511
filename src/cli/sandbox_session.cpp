// SPDX-License-Identifier: Apache-2.0
#include "sandbox_session.hpp"

#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/base/log.hpp"
#include "docker_sandbox/base/text.hpp"
#include "docker_sandbox/sandbox/headless.hpp"
#include "docker_sandbox/sandbox/host_credentials.hpp"
#include "docker_sandbox/sandbox/program_search.hpp"

#include <unistd.h>

#include <chrono>

namespace docker_sandbox::cli {
namespace {

using base::Error;
using base::ErrorKind;

Error not_found(const sandbox::Sandbox& sandbox, const std::string& program, const sandbox::ProgramSearch& search) {
  // "please check this is the correct sandbox": so it says whose it is, too.
  return Error(ErrorKind::agent_not_found,
               "The " + program +
                   " binary was not found in the sandbox; please check this is the correct sandbox for this agent.",
               "Sandbox:   " + sandbox.name + " (made for " + sandbox.agent + ")\n" +
                   "Template:  " + sandbox.template_image + "\n" + "Searched:  " + search.path + "\n\n" +
                   "Use a template that has " + program +
                   " (--template), or install it in the sandbox; a sandbox that was made from "
                   "another template is replaced after 'docker sandbox rm " +
                   sandbox.name + "'.");
}

Error not_executable(const sandbox::Sandbox& sandbox, const std::string& file, const std::string& why) {
  return Error(ErrorKind::agent_not_executable, file + " cannot be executed in the sandbox " + sandbox.name + why,
               "Template:  " + sandbox.template_image);
}

sandbox::SessionRequest agent_request(const CommandContext& context, const EngineAccess& engine,
                                      const sandbox::Sandbox& sandbox, const std::vector<std::string>& command,
                                      bool terminal) {
  return {.container_id = sandbox.id,
          .command = command,
          .env = session_environment(context, terminal),
          .user = sandbox.user,
          .working_directory = sandbox.workspace,
          .detach_keys = engine.config.detach_keys,
          .container_variables = sandbox.variables};
}

/// Starts the request's program, and where it is not in the image's PATH looks for it and starts it from there.
template <typename Start>
auto start_wherever_it_is(EngineAccess& engine, const sandbox::Sandbox& sandbox, sandbox::SessionRequest& request,
                          Start start) {
  auto outcome = start();
  if (outcome.end != sandbox::SessionEnd::not_started) {
    return outcome;
  }
  const std::string program = request.command.front();
  base::debug("{} could not be started: {}", program, outcome.start_failure);
  sandbox::ProgramSearch search;
  try {
    search = sandbox::search_program(engine.client, sandbox, program);
  } catch (const Error& error) {
    // Stopped or removed meanwhile, which may be why the program did not start.
    if (sandbox::says_container_is_gone(error)) {
      outcome.end = sandbox::SessionEnd::container_is_gone;
      return outcome;
    }
    throw;
  }
  if (search.found.empty() && search.denied.empty()) {
    throw not_found(sandbox, program, search);
  }
  if (search.found.empty()) {
    throw not_executable(sandbox, search.denied, ": it is not an executable file for the agent's user");
  }
  request.command.front() = search.found;
  request.env.push_back("PATH=" + search.path);
  outcome = start();
  if (outcome.end == sandbox::SessionEnd::not_started) {
    throw not_executable(sandbox, search.found, ": " + std::string(base::trim(outcome.start_failure)));
  }
  return outcome;
}

}  // namespace

sandbox::HostDirectory host_directory(const EngineAccess& engine, const sandbox::Sandbox& sandbox) {
  return {engine.config.directory, engine.client.endpoint(), sandbox.creator};
}

void join_lent_file(const EngineAccess& engine, const sandbox::Sandbox& sandbox) {
  if (sandbox.credentials == sandbox::CredentialsMode::host) {
    host_directory(engine, sandbox).join_lent_file();
  }
}

std::vector<std::string> session_environment(const CommandContext& context, bool terminal) {
  std::vector<std::string> variables;
  for (const auto& [name, value] : context.environment) {
    const bool of_terminal = name == "TERM" || name == "COLORTERM";
    const bool of_language = name == "LANG" || name == "TZ" || name.compare(0, 3, "LC_") == 0;
    if (of_language || (of_terminal && terminal)) {
      variables.emplace_back(name).append("=").append(value);
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
  sandbox::SessionRequest request = agent_request(context, engine, sandbox, command, streams.terminal);
  const sandbox::HostLoan loan(sandbox, context.environment, host_directory(engine, sandbox));
  if (loan.variable()) {
    request.env.push_back(*loan.variable());
  }
  const sandbox::SessionOutcome outcome = start_wherever_it_is(
      engine, sandbox, request, [&] { return sandbox::run_session(engine.client, request, streams); });
  if (outcome.end == sandbox::SessionEnd::container_is_gone) {
    return std::nullopt;
  }
  if (!outcome.reason.empty()) {
    context.io.message(outcome.reason);
  }
  return outcome.exit_code;
}

std::optional<int> start_agent(const CommandContext& context, EngineAccess& engine, const sandbox::Sandbox& sandbox,
                               const std::vector<std::string>& command) {
  sandbox::SessionRequest request = agent_request(context, engine, sandbox, command, /*terminal=*/false);
  const auto now =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch());
  join_lent_file(engine, sandbox);
  const sandbox::HeadlessStart start = start_wherever_it_is(
      engine, sandbox, request, [&] { return sandbox::start_headless(engine.client, request, now); });
  return start.end == sandbox::SessionEnd::container_is_gone ? std::nullopt : std::optional(start.run);
}

}  // namespace docker_sandbox::cli

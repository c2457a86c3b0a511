// SPDX-License-Identifier: Apache-2.0
#include "run_argument.hpp"

#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/base/text.hpp"
#include "docker_sandbox/sandbox/registry.hpp"
#include "sandbox_arguments.hpp"

#include <charconv>
#include <csignal>
#include <vector>

namespace docker_sandbox::cli {

using base::Error;
using base::ErrorKind;

sandbox::Sandbox named_sandbox(const CommandContext& context, EngineAccess& engine, const std::string& argument) {
  const std::vector<sandbox::Sandbox> all = sandbox::SandboxRegistry(engine.client).list();
  const sandbox::Sandbox* found = sandbox::find_sandbox(all, argument, current_directory(context));
  if (found == nullptr || found->state == sandbox::RunState::going) {
    throw Error(ErrorKind::not_found, "Error: no such sandbox: " + base::printable(argument));
  }
  return *found;
}

int parse_run(const std::optional<std::string>& text) {
  if (!text) {
    return 0;
  }
  int number = 0;
  const auto [end, failure] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (failure != std::errc() || end != text->data() + text->size() || number <= 0) {
    throw Error(ErrorKind::invalid_value,
                "invalid value for --run: \"" + base::printable(*text) + "\" (must be the number of a run)");
  }
  return number;
}

Error no_such_run(const std::string& argument, int run) {
  const std::string name = base::printable(argument);
  return Error(ErrorKind::not_found,
               run == 0 ? "the sandbox " + name + " has no headless run"
                        : "the sandbox " + name + " has no headless run " + std::to_string(run),
               run == 0 ? "Start one with 'docker sandbox run -d AGENT [agent-options]'." : "");
}

std::string reason_of(const sandbox::RunReport& report) {
  constexpr int k_signal_base = 128;
  const std::string run = "Run " + std::to_string(report.run);
  if (report.state.kind == sandbox::HeadlessState::Kind::cut_off) {
    return run + " was cut off: the sandbox was stopped or restarted, or the run was killed, before it had ended.";
  }
  if (report.state.out_of_memory) {
    return run + " was killed because the sandbox ran out of memory.";
  }
  if (report.state.exit_code == k_signal_base + SIGKILL || report.state.exit_code == k_signal_base + SIGTERM) {
    return run + " was ended by signal " + std::to_string(report.state.exit_code - k_signal_base) + ".";
  }
  return "";
}

}  // namespace docker_sandbox::cli

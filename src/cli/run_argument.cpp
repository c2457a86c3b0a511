// SPDX-License-Identifier: Apache-2.0
#include "run_argument.hpp"

#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/base/exit_status.hpp"
#include "docker_sandbox/base/number.hpp"
#include "docker_sandbox/base/text.hpp"

#include <array>
#include <csignal>

namespace docker_sandbox::cli {

using base::Error;
using base::ErrorKind;

namespace {

/// The signal that an exit code stands for, "9 (KILL)"; empty for one that stands for none that ends a program.
std::string fatal_signal(int exit_code) {
  struct Named {
    int number;
    const char* name;
  };
  constexpr std::array k_fatal{Named{SIGHUP, "HUP"},   Named{SIGINT, "INT"},   Named{SIGQUIT, "QUIT"},
                               Named{SIGILL, "ILL"},   Named{SIGTRAP, "TRAP"}, Named{SIGABRT, "ABRT"},
                               Named{SIGBUS, "BUS"},   Named{SIGFPE, "FPE"},   Named{SIGKILL, "KILL"},
                               Named{SIGUSR1, "USR1"}, Named{SIGSEGV, "SEGV"}, Named{SIGUSR2, "USR2"},
                               Named{SIGPIPE, "PIPE"}, Named{SIGALRM, "ALRM"}, Named{SIGTERM, "TERM"},
                               Named{SIGXCPU, "XCPU"}, Named{SIGXFSZ, "XFSZ"}, Named{SIGSYS, "SYS"}};
  for (const auto& [number, name] : k_fatal) {
    if (exit_code == base::signal_status(number)) {
      return std::to_string(number) + " (" + name + ")";
    }
  }
  return "";
}

}  // namespace

int parse_run(const std::optional<std::string>& text) {
  if (!text) {
    return 0;
  }
  const int number = base::parse_number<int>(*text).value_or(0);
  if (number <= 0) {
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

std::function<void()> paused_note(const CommandContext& context) {
  return [&context] { context.io.message("The sandbox is paused: its runs go on when it is unpaused."); };
}

std::string reason_of(const sandbox::RunReport& report) {
  const std::string run = "Run " + std::to_string(report.run);
  if (report.state.kind == sandbox::HeadlessState::Kind::cut_off) {
    return run + " was cut off: the sandbox was stopped or restarted, or the run was killed, before it had ended.";
  }
  if (report.state.out_of_memory) {
    return run + " was killed because the sandbox ran out of memory.";
  }
  if (const std::string signal = fatal_signal(report.state.exit_code); !signal.empty()) {
    return run + " was ended by signal " + signal + ".";
  }
  return "";
}

}  // namespace docker_sandbox::cli

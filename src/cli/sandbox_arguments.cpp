// SPDX-License-Identifier: Apache-2.0
#include "sandbox_arguments.hpp"

#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/base/text.hpp"
#include "docker_sandbox/sandbox/registry.hpp"

#include <filesystem>

namespace docker_sandbox::cli {
namespace {

using base::Error;
using base::ErrorKind;

/// Whether the failure is about this one sandbox: the next one may fare better.
bool concerns_one(ErrorKind kind) {
  return kind == ErrorKind::invalid_value || kind == ErrorKind::engine_bad_request ||
         kind == ErrorKind::engine_not_found || kind == ErrorKind::engine_conflict || kind == ErrorKind::engine_failure;
}

}  // namespace

std::string current_directory(const CommandContext& context) {
  std::error_code failure;
  const std::filesystem::path path = std::filesystem::current_path(failure);
  if (!failure) {
    return path.string();
  }
  std::string remembered = variable(context, "PWD");
  if (remembered.empty() || remembered.front() != '/') {
    throw base::system_error("cannot tell the current directory", failure.value());
  }
  return remembered;
}

Error no_such_sandbox(const std::string& argument) {
  return Error(ErrorKind::not_found, "Error: no such sandbox: " + base::printable(argument));
}

sandbox::Sandbox named_sandbox(const CommandContext& context, EngineAccess& engine, const std::string& argument) {
  const std::vector<sandbox::Sandbox> all = sandbox::SandboxRegistry(engine.client).list();
  const sandbox::Sandbox* found = sandbox::find_sandbox(all, argument, current_directory(context));
  if (found == nullptr || found->state == sandbox::RunState::going) {
    throw no_such_sandbox(argument);
  }
  return *found;
}

void SandboxFailures::unknown(const std::string& argument) {
  if (manner_ == Manner::tell) {
    any_ = true;
    io_.message("Error: no such sandbox: " + argument);
    return;
  }
  add(ErrorKind::not_found, "no such sandbox: " + base::printable(argument));
}

void SandboxFailures::refused(const Error& error) {
  if (manner_ == Manner::tell) {
    any_ = true;
    io_.write_err(base::printable_lines(error.what()) + "\n");
    return;
  }
  add(error.kind(), error.what());
}

void SandboxFailures::add(ErrorKind kind, const std::string& sentence) {
  kind_ = any_ ? kind_ : kind;
  any_ = true;
  sentences_ += (sentences_.empty() ? "" : "\n") + sentence;
}

void SandboxFailures::throw_kept() const {
  if (!sentences_.empty()) {
    throw Error(kind_, sentences_);
  }
}

void for_each_sandbox(const CommandContext& context, SandboxFailures& failures,
                      const std::vector<sandbox::Sandbox>& sandboxes, const std::vector<std::string>& arguments,
                      UnknownSandbox unknown,
                      const std::function<bool(const sandbox::Sandbox& sandbox, const std::string& argument)>& act) {
  const std::string directory = current_directory(context);
  for (const std::string& argument : arguments) {
    try {
      const sandbox::Sandbox* sandbox = sandbox::find_sandbox(sandboxes, argument, directory);
      const bool done = sandbox != nullptr && act(*sandbox, argument);
      if (!done && unknown == UnknownSandbox::complain) {
        failures.unknown(argument);
      }
    } catch (const Error& error) {
      if (!concerns_one(error.kind())) {
        throw;
      }
      failures.refused(error);
    }
  }
}

int for_each_sandbox(const CommandContext& context, const std::vector<sandbox::Sandbox>& sandboxes,
                     const std::vector<std::string>& arguments, UnknownSandbox unknown,
                     const std::function<bool(const sandbox::Sandbox& sandbox, const std::string& argument)>& act) {
  SandboxFailures failures(context.io, SandboxFailures::Manner::tell);
  for_each_sandbox(context, failures, sandboxes, arguments, unknown, act);
  return failures.status();
}

}  // namespace docker_sandbox::cli

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

std::string current_directory() {
  std::error_code failure;
  const std::filesystem::path path = std::filesystem::current_path(failure);
  if (failure) {
    throw base::system_error("cannot tell the current directory", failure.value());
  }
  return path.string();
}

int for_each_sandbox(const CommandContext& context, const std::vector<sandbox::Sandbox>& sandboxes,
                     const std::vector<std::string>& arguments, UnknownSandbox unknown,
                     const std::function<bool(const sandbox::Sandbox& sandbox, const std::string& argument)>& act) {
  const std::string directory = current_directory();
  int status = 0;
  for (const std::string& argument : arguments) {
    try {
      const sandbox::Sandbox* sandbox = sandbox::find_sandbox(sandboxes, argument, directory);
      const bool done = sandbox != nullptr && act(*sandbox, argument);
      if (!done && unknown == UnknownSandbox::complain) {
        context.io.message("Error: no such sandbox: " + argument);
        status = 1;
      }
    } catch (const Error& error) {
      if (!concerns_one(error.kind())) {
        throw;
      }
      context.io.write_err(base::printable_lines(error.what()) + "\n");
      status = 1;
    }
  }
  return status;
}

}  // namespace docker_sandbox::cli

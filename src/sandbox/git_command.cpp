// SPDX-License-Identifier: Apache-2.0
#include "git_command.hpp"

#include <chrono>

namespace docker_sandbox::sandbox {
namespace {

/// Long enough for a slow disk, short enough not to be felt as a hang.
constexpr std::chrono::seconds k_deadline{10};

}  // namespace

os::ProcessResult run_git(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "git");
  return os::run_process(arguments, "", k_deadline);
}

}  // namespace docker_sandbox::sandbox

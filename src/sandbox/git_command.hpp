// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/os/process.hpp"

#include <string>
#include <vector>

namespace docker_sandbox::sandbox {

/// Runs the caller's git, and waits for it as long as a slow disk may need. What keeps it from running is a status other than 0.
os::ProcessResult run_git(std::vector<std::string> arguments);

}  // namespace docker_sandbox::sandbox

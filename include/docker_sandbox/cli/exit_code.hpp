// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/cli/command.hpp"

namespace docker_sandbox::cli {

/// The exit status of a command that an error stopped.
int exit_code(base::ErrorKind kind, StatusFamily family);

}  // namespace docker_sandbox::cli

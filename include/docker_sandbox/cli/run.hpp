// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/cli/io.hpp"
#include "docker_sandbox/docker_config/config_file.hpp"

#include <string>
#include <vector>

namespace docker_sandbox::cli {

/// The whole program: the words after its name, in whichever form it was called, to the process's exit status. Writes
/// what goes wrong to stderr; throws nothing.
int run(const std::vector<std::string>& words, const docker_config::Environment& environment, const Io& io);

}  // namespace docker_sandbox::cli

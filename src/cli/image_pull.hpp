// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/cli/command.hpp"
#include "engine_access.hpp"

#include <string>

namespace docker_sandbox::cli {

enum class PullDisplay {
  progress,  ///< bars on a terminal, a line for each change of a layer's state otherwise
  nothing,
};

/// Pulls the image with the user's own registry login. Throws Error when it cannot be had.
void pull_image(const CommandContext& context, EngineAccess& engine, const std::string& reference, PullDisplay display);

}  // namespace docker_sandbox::cli

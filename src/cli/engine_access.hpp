// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/cli/command.hpp"
#include "docker_sandbox/docker_config/config_file.hpp"
#include "docker_sandbox/engine/client.hpp"

#include <sys/types.h>

#include <string>

namespace docker_sandbox::cli {

/// The docker CLI's configuration, and the engine that it, the options and the environment choose.
struct EngineAccess {
  docker_config::ConfigFile config;
  engine::EngineClient client;
};

/// The docker CLI that runs us as its plugin, or 0.
pid_t docker_cli(const CommandContext& context);

/// Resolves all that; the engine is not asked yet. Warns about a broken config.json and goes on, as the docker CLI does,
/// and under it leaves that to it.
EngineAccess access_engine(const CommandContext& context);

/// The variable's value, or "" when it is not set.
std::string variable(const CommandContext& context, const std::string& name);

}  // namespace docker_sandbox::cli

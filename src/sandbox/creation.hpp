// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/engine/client.hpp"
#include "docker_sandbox/sandbox/registry.hpp"
#include "docker_sandbox/sandbox/spec.hpp"

#include <chrono>
#include <functional>
#include <string>

namespace docker_sandbox::sandbox {

enum class CreationResult {
  made,           ///< set up, published, running
  image_missing,  ///< nothing was created
  look_again,     ///< another process has or makes the sandbox; what was created here was removed again
};

struct Creation {
  CreationResult result = CreationResult::look_again;
  Sandbox sandbox;  ///< when made
};

/// Makes a sandbox: a container under the name that only one unfinished sandbox of the workspace can have, started, set up
/// inside, and published by its rename. Either all of it or nothing, also when a signal comes in between.
/// `looked_at` is when the registry was last asked, on the clock of boot_time().
Creation create_sandbox(engine::EngineClient& engine, const SandboxSpec& spec, std::chrono::nanoseconds looked_at);

/// Time since the machine started; it goes on while the machine sleeps, as it does for an engine on another one.
std::chrono::nanoseconds boot_time();

/// Runs `act` on a container. False when the engine does not know the container any more: somebody removed it. Any other
/// "not found" (a network, say) is an error and goes on.
bool unless_removed(engine::EngineClient& engine, const std::string& id, const std::function<void()>& act);

}  // namespace docker_sandbox::sandbox

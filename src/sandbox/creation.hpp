// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "claim.hpp"
#include "docker_sandbox/engine/client.hpp"
#include "docker_sandbox/os/interrupts.hpp"
#include "docker_sandbox/sandbox/registry.hpp"
#include "docker_sandbox/sandbox/spec.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace docker_sandbox::sandbox {

struct Creation {
  CreationResult result = CreationResult::look_again;
  Sandbox sandbox;                                           ///< when made
  std::vector<std::string> warnings;                         ///< what the user has to know about it, one sentence each
  std::vector<std::string> notes;                            ///< what was done that the user may like to know
  std::shared_ptr<const os::Interrupts::Deferral> deferral;  ///< when made; see ReadySandbox
};

/// Is told each of the engine's warnings as soon as it comes; the same one again when the creation needs another try.
using Warn = std::function<void(const std::string&)>;

/// Makes a sandbox: a container under the name that only one unfinished sandbox of the workspace can have, started, set up
/// inside, and published by its rename. Either all of it or nothing, also when a signal comes in between. A predecessor
/// is removed after that, so that it stays when the new one cannot be made; then the new one stays whatever comes.
/// `looked_at` is when the registry was last asked, on the clock of boot_time().
Creation create_sandbox(engine::EngineClient& engine, const SandboxSpec& spec, std::chrono::nanoseconds looked_at,
                        const Predecessor& predecessor, const Warn& warn);

/// Time since the machine started; it goes on while the machine sleeps, as it does for an engine on another one.
std::chrono::nanoseconds boot_time();

/// Runs `act` on a container. False when it failed because somebody removed the container, or is about to. Any other
/// failure goes on.
bool unless_removed(engine::EngineClient& engine, const std::string& id, const std::function<void()>& act);

}  // namespace docker_sandbox::sandbox

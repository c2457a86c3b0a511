// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/engine/client.hpp"
#include "docker_sandbox/os/interrupts.hpp"
#include "docker_sandbox/sandbox/planner.hpp"
#include "docker_sandbox/sandbox/spec.hpp"

#include <functional>
#include <memory>
#include <string>

namespace docker_sandbox::sandbox {

enum class PullPolicy { missing, always, never };

/// What the executor needs from the world beside the engine.
struct ExecutorHooks {
  /// Pulls the image, showing progress. Throws Error when it cannot be had.
  std::function<void(const std::string& reference)> pull_image;
  /// Tells the user what was asked for and is not done; also when the user wants quiet.
  std::function<void(const std::string& line)> warn = {};
  /// Tells the user what goes on; nobody needs it.
  std::function<void(const std::string& line)> note = {};
};

/// The workspace's sandbox, ready and running.
struct ReadySandbox {
  Sandbox sandbox;
  bool created = false;    ///< by this call
  bool revocable = false;  ///< created, and no other one went for it: it may be removed again before it is entered
  /// Of a created one: signals are noted while this lives, so that the caller can remove it again before it is entered.
  std::shared_ptr<const os::Interrupts::Deferral> deferral = nullptr;
};

/// Carries out the plans of planner.hpp until the workspace's sandbox is ready and running. What this call created is
/// removed again when a later step fails or a signal comes (then Error{interrupted or terminated}), unless another one has
/// gone for it. Throws Error{invalid_value} when a session stands in the way.
ReadySandbox make_ready(engine::EngineClient& engine, const SandboxSpec& spec, PullPolicy pull,
                        const ExecutorHooks& hooks, Reuse reuse = Reuse::keep);

}  // namespace docker_sandbox::sandbox

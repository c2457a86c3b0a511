// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/engine/client.hpp"
#include "docker_sandbox/sandbox/sandbox.hpp"

#include <optional>
#include <string>
#include <vector>

namespace docker_sandbox::sandbox {

/// What the engine holds for one workspace.
struct WorkspaceState {
  std::optional<Sandbox> ready;       ///< set up and published under its name
  std::optional<Sandbox> unfinished;  ///< being made, or left behind half-made
  /// Names of containers that are a sandbox of it but for their name: renamed, or made from a sandbox's image.
  std::vector<std::string> misnamed;
};

/// All sandboxes of an engine, newest first, with their sizes.
struct Inventory {
  std::vector<Sandbox> ready;
  std::vector<Sandbox> replaced;  ///< left behind when others took their place
  std::vector<Sandbox> unfinished;
};

enum class Labels { kept, dropped };

/// Finds sandboxes through the labels on the containers; the engine is the only store. Each method is one request. A sandbox
/// whose place another one has taken (Sandbox::replaces) is none any more.
class SandboxRegistry {
 public:
  explicit SandboxRegistry(engine::EngineClient& engine) : engine_(engine) {}

  WorkspaceState look_up(const std::string& workspace_path);

  /// All that are ready, newest first, without their mounts. Labels are most of what a sandbox takes in memory, and few
  /// callers want them.
  std::vector<Sandbox> list(Labels wanted = Labels::dropped);

  /// All that are there in whatever state. Sizes take the engine a while.
  Inventory take_inventory();

 private:
  engine::EngineClient& engine_;
};

/// The canonical path of the workspace that `text`, relative to `directory`, stands for. A workspace that is gone has its
/// spelling only.
std::string workspace_path(const std::string& text, const std::string& directory);

/// Whether the sandbox still has the name of one that is being made.
bool is_unfinished(const Sandbox& sandbox);

/// The sandbox that an argument names: a name, a full ID, a unique ID prefix, or a path (it has a slash, or is "." or
/// ".."), relative to `directory`. Null when there is none. Throws Error{invalid_value} for an ambiguous prefix.
const Sandbox* find_sandbox(const std::vector<Sandbox>& sandboxes, const std::string& argument,
                            const std::string& directory);

}  // namespace docker_sandbox::sandbox

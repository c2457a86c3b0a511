// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/base/time.hpp"
#include "docker_sandbox/engine/client.hpp"
#include "docker_sandbox/sandbox/creator.hpp"
#include "docker_sandbox/sandbox/mounted_workspace.hpp"
#include "docker_sandbox/sandbox/registry.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

/// How sandboxes go. The workspace and what named volumes hold stay; anonymous volumes go with their sandbox.
namespace docker_sandbox::sandbox {

/// Removes a sandbox though it runs; when another process is at that already, waits until it is done. False when it was
/// not there.
bool remove_sandbox(engine::EngineClient& engine, const std::string& id);
/// The same, with what is left of the one whose place it has taken: that must not come back.
bool remove_sandbox(engine::EngineClient& engine, const Sandbox& sandbox);

/// As remove_sandbox, unless it has a session: then false, and it stays.
bool remove_unless_used(engine::EngineClient& engine, const std::string& id);

enum class PruneReason {
  stopped,
  workspace_gone,  ///< it runs, without a session, for a directory that is not there any more
  unfinished,      ///< left behind half-made
  replaced,        ///< left behind when another one took its place
};

struct Prunable {
  Sandbox sandbox;
  PruneReason reason = PruneReason::stopped;
};

/// What is known of a sandbox that runs, for the decision whether prune may remove it.
struct RunningFacts {
  bool directory_there = true;
  MountedWorkspace mounted = MountedWorkspace::unknown;
  std::size_t sessions = 0;
};

/// Why prune may remove a ready sandbox, if it may. A running one only when it is certain that its workspace is gone.
std::optional<PruneReason> prune_reason(RunState state, const RunningFacts& facts);

/// Whether an unfinished sandbox has been left behind: nobody makes it any more. `age` is the time since its creation.
bool is_left_behind(const Sandbox& unfinished, CreatorState creator, base::UnixTime age);

/// What prune may remove of that which was made before `until`: those left behind by a replacement, the ready ones, those left
/// behind half-made; newest first of each.
std::vector<Prunable> find_prunable(engine::EngineClient& engine, base::UnixTime now, base::UnixTime until);

/// Removes one of them if it still may be removed. False when it was started or removed in the meantime.
bool prune(engine::EngineClient& engine, const Prunable& prunable);

}  // namespace docker_sandbox::sandbox

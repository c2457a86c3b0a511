// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/sandbox/removal.hpp"

#include "docker_sandbox/base/error.hpp"
#include "sessions.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <thread>

namespace docker_sandbox::sandbox {
namespace {

using base::Error;
using base::ErrorKind;

/// How long another process's removal of a container may take.
constexpr std::chrono::seconds k_removal_deadline{60};
constexpr std::chrono::milliseconds k_removal_poll{20};

/// Whether a directory stands at this canonical path, not a link that leads elsewhere. What cannot be told counts as there.
bool is_directory_there(const std::string& path) {
  std::error_code failure;
  const std::filesystem::path canonical = std::filesystem::canonical(path, failure);
  if (failure) {
    return failure.value() != ENOENT && failure.value() != ENOTDIR;
  }
  return canonical.string() == path && std::filesystem::is_directory(canonical, failure);
}

/// Costs requests only for a sandbox that runs while its workspace's path leads nowhere.
RunningFacts running_facts(engine::EngineClient& engine, const Sandbox& sandbox) {
  RunningFacts facts;
  facts.directory_there = !engine.endpoint().is_local() || is_directory_there(sandbox.workspace);
  if (facts.directory_there) {
    return facts;
  }
  if (const auto container = engine.find_container(sandbox.id)) {
    facts.mounted = mounted_workspace(engine, sandbox, *container);
    facts.sessions = count_sessions(engine, *container);
  }
  return facts;
}

bool runs(RunState state) {
  return state == RunState::running || state == RunState::paused;
}

}  // namespace

bool remove_sandbox(engine::EngineClient& engine, const std::string& id) {
  const auto end = std::chrono::steady_clock::now() + k_removal_deadline;
  for (;;) {
    try {
      return engine.remove_container(id);
    } catch (const Error& error) {
      // "removal of container … is already in progress": by another process, whose end is to be waited for.
      if (error.kind() != ErrorKind::engine_conflict || std::chrono::steady_clock::now() > end) {
        throw;
      }
    }
    std::this_thread::sleep_for(k_removal_poll);
  }
}

bool remove_sandbox(engine::EngineClient& engine, const Sandbox& sandbox) {
  if (!sandbox.replaces.empty()) {
    remove_sandbox(engine, sandbox.replaces);
  }
  return remove_sandbox(engine, sandbox.id);
}

bool remove_unless_used(engine::EngineClient& engine, const std::string& id) {
  const auto container = engine.find_container(id);
  return container && count_sessions(engine, *container) == 0 && remove_sandbox(engine, id);
}

std::optional<PruneReason> prune_reason(RunState state, const RunningFacts& facts) {
  if (!runs(state)) {
    return PruneReason::stopped;
  }
  if (!facts.directory_there && facts.mounted == MountedWorkspace::stale && facts.sessions == 0) {
    return PruneReason::workspace_gone;
  }
  return std::nullopt;
}

bool is_left_behind(const Sandbox& unfinished, CreatorState creator, base::UnixTime age) {
  // Nobody makes one that the engine went down with.
  const bool is_known_to_rest = creator == CreatorState::unknown && unfinished.state == RunState::stopped;
  return is_known_to_rest || !may_be_at_work(creator, age);
}

std::vector<Prunable> find_prunable(engine::EngineClient& engine, base::UnixTime now, base::UnixTime until) {
  std::vector<Prunable> found;
  Inventory inventory = SandboxRegistry(engine).take_inventory();
  // First those that would be sandboxes again without the ones that took their place.
  for (Sandbox& sandbox : inventory.replaced) {
    if (std::chrono::seconds(sandbox.created) < until) {
      found.push_back({std::move(sandbox), PruneReason::replaced});
    }
  }
  for (Sandbox& sandbox : inventory.ready) {
    if (std::chrono::seconds(sandbox.created) >= until) {
      continue;
    }
    const RunningFacts facts = runs(sandbox.state) ? running_facts(engine, sandbox) : RunningFacts{};
    if (const auto reason = prune_reason(sandbox.state, facts)) {
      found.push_back({std::move(sandbox), *reason});
    }
  }
  for (Sandbox& sandbox : inventory.unfinished) {
    const base::UnixTime created = std::chrono::seconds(sandbox.created);
    if (created < until && is_left_behind(sandbox, look_up_creator(sandbox.creator), now - created)) {
      found.push_back({std::move(sandbox), PruneReason::unfinished});
    }
  }
  return found;
}

bool prune(engine::EngineClient& engine, const Prunable& prunable) {
  switch (prunable.reason) {
    case PruneReason::stopped:
      try {
        return engine.remove_stopped_container(prunable.sandbox.id);
      } catch (const Error& error) {
        const auto container = engine.find_container(prunable.sandbox.id);
        if (!container || container->pid != 0) {
          return false;  // started in the meantime
        }
        throw;
      }
    case PruneReason::workspace_gone:
      return prune_reason(prunable.sandbox.state, running_facts(engine, prunable.sandbox)) &&
             remove_sandbox(engine, prunable.sandbox.id);
    case PruneReason::replaced:
      return remove_sandbox(engine, prunable.sandbox.id);
    case PruneReason::unfinished:
      // By its name: one that is published in this moment has it no more.
      return remove_sandbox(engine, prunable.sandbox.name);
  }
  return false;
}

}  // namespace docker_sandbox::sandbox

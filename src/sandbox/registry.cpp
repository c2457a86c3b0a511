// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/sandbox/registry.hpp"

#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/base/text.hpp"
#include "docker_sandbox/sandbox/labels.hpp"
#include "docker_sandbox/sandbox/spec.hpp"
#include "docker_sandbox/sandbox/workspace.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <unordered_map>
#include <unordered_set>

namespace docker_sandbox::sandbox {
namespace {

/// Whether the container bears the name it was published under: the one of its label, or that with a number behind it.
/// A container that somebody made from a sandbox's committed image has the same labels, but not the name.
bool has_published_name(const Sandbox& sandbox) {
  const auto label = sandbox.labels.find(labels::k_name);
  if (label == sandbox.labels.end()) {
    return false;
  }
  const std::string& wanted = label->second;
  if (sandbox.name == wanted) {
    return true;
  }
  const std::string start = wanted + "-";
  return sandbox.name.size() > start.size() && sandbox.name.compare(0, start.size(), start) == 0 &&
         sandbox.name.find_first_not_of("0123456789", start.size()) == std::string::npos;
}

/// Takes out of published sandboxes those whose place another one of their workspace has taken. What they were replaced by
/// keeps their ID in `replaces`; there it is cleared in all others.
std::vector<Sandbox> take_replaced(std::vector<Sandbox>& published) {
  std::unordered_map<std::string, std::string> workspaces_of_replaced;
  for (const Sandbox& sandbox : published) {
    // One that is about to go takes nobody's place.
    if (!sandbox.replaces.empty() && sandbox.state != RunState::going) {
      workspaces_of_replaced.emplace(sandbox.replaces, sandbox.workspace);
    }
  }
  const auto stays = [&](const Sandbox& sandbox) {
    const auto found = workspaces_of_replaced.find(sandbox.id);
    return found == workspaces_of_replaced.end() || found->second != sandbox.workspace;
  };
  const auto first_replaced = workspaces_of_replaced.empty()
                                  ? published.end()
                                  : std::stable_partition(published.begin(), published.end(), stays);
  std::vector<Sandbox> replaced(std::make_move_iterator(first_replaced), std::make_move_iterator(published.end()));
  published.erase(first_replaced, published.end());
  std::unordered_set<std::string_view> still_there;
  for (const Sandbox& sandbox : replaced) {
    still_there.insert(sandbox.id);
  }
  for (Sandbox& sandbox : published) {
    if (still_there.count(sandbox.replaces) == 0) {
      sandbox.replaces.clear();
    }
  }
  return replaced;
}

/// Of two that claim to be the workspace's sandbox the older one counts, unless it is on its way out. The engine lists
/// the newest first, by a finer clock than the one it tells.
bool counts_more(const Sandbox& candidate, const Sandbox& before) {
  const bool candidate_goes = candidate.state == RunState::going;
  if (candidate_goes != (before.state == RunState::going)) {
    return !candidate_goes;
  }
  return candidate.created <= before.created;
}

/// What a path argument may stand for: the directory that it leads to, as far as there is one (a workspace that is gone
/// still has its sandbox), then its spelling (a workspace that a symbolic link has replaced).
std::vector<std::string> possible_workspaces(const std::string& argument, const std::string& directory) {
  const std::filesystem::path path = std::filesystem::path(directory) / argument;
  std::vector<std::string> paths;
  std::error_code failure;
  const std::filesystem::path canonical = std::filesystem::weakly_canonical(path, failure);
  if (!failure) {
    paths.push_back(normal_path(canonical));
  }
  paths.push_back(normal_path(path));
  return paths;
}

bool looks_like_path(const std::string& argument) {
  return argument == "." || argument == ".." || argument.find('/') != std::string::npos;
}

}  // namespace

std::string workspace_path(const std::string& text, const std::string& directory) {
  return possible_workspaces(text, directory).front();
}

bool is_unfinished(const Sandbox& sandbox) {
  return is_unfinished_name(sandbox.name, sandbox.workspace);
}

WorkspaceState SandboxRegistry::look_up(const std::string& workspace_path) {
  WorkspaceState state;
  std::vector<Sandbox> published;
  for (engine::ContainerSummary& container : engine_.list_containers(labels::filter_workspace(workspace_path))) {
    std::optional<Sandbox> found = labels::decode(std::move(container));
    if (!found || found->workspace != workspace_path) {
      continue;
    }
    if (is_unfinished(*found)) {
      state.unfinished = std::move(found);
    } else if (has_published_name(*found)) {
      published.push_back(std::move(*found));
    } else {
      state.misnamed.push_back(std::move(found->name));
    }
  }
  take_replaced(published);
  for (Sandbox& sandbox : published) {
    if (!state.ready || counts_more(sandbox, *state.ready)) {
      state.ready = std::move(sandbox);
    }
  }
  return state;
}

std::vector<Sandbox> SandboxRegistry::list(Labels wanted) {
  std::vector<Sandbox> sandboxes;
  engine_.list_containers(labels::filter_all(), [&](engine::ContainerSummary&& container) {
    std::optional<Sandbox> found = labels::decode(std::move(container));
    if (found && has_published_name(*found)) {
      found->mounts = {};
      if (wanted == Labels::dropped) {
        found->labels.clear();
      }
      sandboxes.push_back(std::move(*found));
    }
  });
  take_replaced(sandboxes);
  // Within one second the engine's order, which is by a finer clock, stays.
  const auto is_newer = [](const Sandbox& a, const Sandbox& b) { return a.created > b.created; };
  if (!std::is_sorted(sandboxes.begin(), sandboxes.end(), is_newer)) {
    std::stable_sort(sandboxes.begin(), sandboxes.end(), is_newer);
  }
  return sandboxes;
}

Inventory SandboxRegistry::take_inventory() {
  engine::ContainerFilter filter = labels::filter_all();
  filter.with_size = true;
  Inventory inventory;
  for (engine::ContainerSummary& container : engine_.list_containers(filter)) {
    std::optional<Sandbox> found = labels::decode(std::move(container));
    if (found && is_unfinished(*found)) {
      inventory.unfinished.push_back(std::move(*found));
    } else if (found && has_published_name(*found)) {
      inventory.ready.push_back(std::move(*found));
    }
  }
  inventory.replaced = take_replaced(inventory.ready);
  return inventory;
}

const Sandbox* find_sandbox(const std::vector<Sandbox>& sandboxes, const std::string& argument,
                            const std::string& directory) {
  if (argument.empty()) {
    return nullptr;
  }
  if (looks_like_path(argument)) {
    // No name and no ID has a slash.
    for (const std::string& path : possible_workspaces(argument, directory)) {
      const auto found = std::find_if(sandboxes.begin(), sandboxes.end(),
                                      [&](const Sandbox& sandbox) { return sandbox.workspace == path; });
      if (found != sandboxes.end()) {
        return &*found;
      }
    }
    return nullptr;
  }
  const Sandbox* by_prefix = nullptr;
  std::size_t prefix_matches = 0;
  for (const Sandbox& sandbox : sandboxes) {
    if (sandbox.name == argument || sandbox.id == argument) {
      return &sandbox;
    }
    if (sandbox.id.compare(0, argument.size(), argument) == 0) {
      by_prefix = &sandbox;
      ++prefix_matches;
    }
  }
  if (prefix_matches > 1) {
    throw base::Error(base::ErrorKind::invalid_value,
                      "the ID prefix " + base::printable(argument) +
                          " is ambiguous: " + std::to_string(prefix_matches) + " sandboxes have it",
                      "Use more digits of the ID, or the sandbox's name.");
  }
  return by_prefix;
}

}  // namespace docker_sandbox::sandbox

// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/sandbox/registry.hpp"

#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/base/text.hpp"
#include "docker_sandbox/sandbox/labels.hpp"
#include "docker_sandbox/sandbox/spec.hpp"

#include <algorithm>
#include <filesystem>

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

bool older(const Sandbox& a, const Sandbox& b) {
  return a.created != b.created ? a.created < b.created : a.id < b.id;
}

std::string absolute_path(const std::string& argument, const std::string& directory) {
  const std::filesystem::path path = std::filesystem::path(directory) / argument;
  std::error_code failure;
  std::filesystem::path canonical = std::filesystem::canonical(path, failure);
  // A workspace that is gone still has its sandbox: then the spelling must do.
  std::string text = failure ? std::filesystem::absolute(path).lexically_normal().string() : canonical.string();
  while (text.size() > 1 && text.back() == '/') {
    text.pop_back();
  }
  return text;
}

bool is_path(const std::string& argument) {
  return argument == "." || argument == ".." || argument.find('/') != std::string::npos;
}

}  // namespace

bool is_unfinished(const Sandbox& sandbox) { return is_unfinished_name(sandbox.name, sandbox.workspace); }

WorkspaceState SandboxRegistry::look_up(const std::string& workspace_path) {
  WorkspaceState state;
  for (const engine::ContainerSummary& container : engine_.list_containers(labels::filter_workspace(workspace_path))) {
    std::optional<Sandbox> found = labels::decode(container);
    if (!found || found->workspace != workspace_path) {
      continue;
    }
    if (is_unfinished(*found)) {
      state.unfinished = std::move(found);
    } else if (has_published_name(*found) && (!state.ready || older(*found, *state.ready))) {
      state.ready = std::move(found);
    }
  }
  return state;
}

std::vector<Sandbox> SandboxRegistry::list() {
  std::vector<Sandbox> sandboxes;
  for (const engine::ContainerSummary& container : engine_.list_containers(labels::filter_all())) {
    std::optional<Sandbox> found = labels::decode(container);
    if (found && has_published_name(*found)) {
      sandboxes.push_back(std::move(*found));
    }
  }
  std::sort(sandboxes.begin(), sandboxes.end(), [](const Sandbox& a, const Sandbox& b) { return older(b, a); });
  return sandboxes;
}

const Sandbox* find_sandbox(const std::vector<Sandbox>& sandboxes, const std::string& argument,
                            const std::string& directory) {
  if (argument.empty()) {
    return nullptr;
  }
  const std::string path = is_path(argument) ? absolute_path(argument, directory) : std::string();
  const Sandbox* by_prefix = nullptr;
  std::size_t prefix_matches = 0;
  for (const Sandbox& sandbox : sandboxes) {
    if (sandbox.name == argument || sandbox.id == argument || (!path.empty() && sandbox.workspace == path)) {
      return &sandbox;
    }
    if (sandbox.id.compare(0, argument.size(), argument) == 0) {
      by_prefix = &sandbox;
      ++prefix_matches;
    }
  }
  if (prefix_matches > 1) {
    throw base::Error(base::ErrorKind::invalid_value, "the ID prefix " + base::printable(argument) + " is ambiguous: " +
                                                          std::to_string(prefix_matches) + " sandboxes have it",
                      "Use more digits of the ID, or the sandbox's name.");
  }
  return by_prefix;
}

}  // namespace docker_sandbox::sandbox

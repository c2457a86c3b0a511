// SPDX-License-Identifier: Apache-2.0
#include "sandbox_views.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace docker_sandbox::cli {
namespace {

/// The variables that the user set, in the order of the container's. The template's own are not among them.
std::vector<std::string> user_variables(const sandbox::Sandbox& sandbox, const engine::ContainerDetails& details) {
  std::vector<std::string> variables;
  for (const std::string& variable : details.env) {
    const std::string name = variable.substr(0, variable.find('='));
    if (std::find(sandbox.variables.begin(), sandbox.variables.end(), name) != sandbox.variables.end()) {
      variables.push_back(variable);
    }
  }
  return variables;
}

}  // namespace

output::SandboxView view_of(const sandbox::Sandbox& sandbox) {
  output::SandboxView view;
  view.id = sandbox.id;
  view.name = sandbox.name;
  view.agent = sandbox.agent;
  view.template_image = sandbox.template_image;
  view.image_id = sandbox.image_id;
  view.workspace = sandbox.workspace;
  view.status = sandbox.state_word;
  view.created_unix = sandbox.created;
  view.credentials = sandbox::to_text(sandbox.credentials);
  view.labels = sandbox.labels;
  return view;
}

output::SandboxView view_taking_labels_of(sandbox::Sandbox& sandbox) {
  std::map<std::string, std::string> labels = std::move(sandbox.labels);
  sandbox.labels.clear();
  output::SandboxView view = view_of(sandbox);
  view.labels = std::move(labels);
  return view;
}

output::SandboxView view_of(const sandbox::Sandbox& sandbox, const engine::ContainerDetails& details) {
  output::SandboxView view = view_of(sandbox);
  view.status = details.state;
  view.created_at = details.created;
  view.user = sandbox.user;
  view.env = user_variables(sandbox, details);
  for (const engine::MountPoint& mount : details.mounts) {
    view.mounts.push_back({.type = mount.type,
                           .source = mount.type == "volume" && !mount.name.empty() ? mount.name : mount.source,
                           .target = mount.destination,
                           .read_only = !mount.read_write});
  }
  // The engine's order changes from answer to answer.
  std::sort(view.mounts.begin(), view.mounts.end(),
            [](const output::MountView& left, const output::MountView& right) { return left.target < right.target; });
  view.docker_socket = sandbox.docker_socket;
  view.network = details.network_mode;
  return view;
}

}  // namespace docker_sandbox::cli

// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/sandbox/labels.hpp"

#include "docker_sandbox/base/number.hpp"
#include "docker_sandbox/base/time.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace docker_sandbox::sandbox::labels {
namespace {

using nlohmann::json;

constexpr std::int64_t k_latest_second =
    std::chrono::duration_cast<std::chrono::seconds>(base::k_furthest_time).count();

/// So that those of all rows of the longest list can be added up.
constexpr std::int64_t k_largest_size = std::int64_t{1} << 46;

std::string get(const engine::Labels& labels, const char* key) {
  const auto found = labels.find(key);
  return found == labels.end() ? std::string() : found->second;
}

bool is_number(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

/// More than the names of all the variables that Linux gives a program. Each value in the text takes many times in memory what
/// it has there.
constexpr std::size_t k_max_names = 1024U * 1024;

std::vector<std::string> parse_names(const std::string& text) {
  std::vector<std::string> names;
  if (text.size() > k_max_names) {
    return names;
  }
  const json list = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (list.is_array()) {
    for (const json& name : list) {
      if (name.is_string()) {
        names.push_back(name.get<std::string>());
      }
    }
  }
  return names;
}

RunState parse_state(const std::string& word) {
  if (word == "running" || word == "restarting") {
    return RunState::running;
  }
  if (word == "paused") {
    return RunState::paused;
  }
  if (word == "created" || word == "configured") {  // the latter is Podman's word
    return RunState::created;
  }
  if (word == "removing" || word == "dead") {
    return RunState::going;
  }
  return RunState::stopped;
}

bool has_workspace_mount(const engine::ContainerSummary& container, const std::string& workspace) {
  return std::any_of(container.mounts.begin(), container.mounts.end(), [&](const engine::MountPoint& mount) {
    return mount.type == "bind" && mount.destination == workspace && mount.source == workspace;
  });
}

}  // namespace

engine::Labels encode(const SandboxSpec& spec, const std::string& final_name, const std::string& creator) {
  json names = json::array();
  for (const Variable& variable : spec.variables) {
    names.push_back(variable.name);
  }
  return {{k_sandbox, "true"},
          {k_agent, spec.agent->name},
          {k_workspace, spec.workspace.path},
          {k_workspace_inode, std::to_string(spec.workspace.inode)},
          {k_credentials, std::string(to_text(spec.credentials))},
          {k_name, final_name},
          {k_template, spec.template_image},
          {k_user, std::to_string(spec.identity.user)},
          {k_env, names.dump(-1, ' ', false, json::error_handler_t::replace)},
          {k_docker_socket, spec.docker_socket ? "true" : "false"},
          {k_creator, creator}};
}

std::optional<Sandbox> decode(engine::ContainerSummary container) {
  const std::string workspace = get(container.labels, k_workspace);
  const std::optional<std::uint64_t> inode =
      base::parse_number<std::uint64_t>(get(container.labels, k_workspace_inode));
  const std::optional<CredentialsMode> credentials = parse_credentials_mode(get(container.labels, k_credentials));
  const std::string user = get(container.labels, k_user);
  if (get(container.labels, k_sandbox) != "true" || container.names.empty() || workspace.empty() || !inode ||
      !credentials || !is_number(user) || !has_workspace_mount(container, workspace)) {
    return std::nullopt;
  }
  Sandbox sandbox;
  sandbox.id = std::move(container.id);
  sandbox.name = std::move(container.names.front());
  sandbox.agent = get(container.labels, k_agent);
  sandbox.workspace = workspace;
  sandbox.workspace_inode = *inode;
  sandbox.credentials = *credentials;
  sandbox.template_image = get(container.labels, k_template);
  sandbox.user = user;
  sandbox.variables = parse_names(get(container.labels, k_env));
  sandbox.docker_socket = get(container.labels, k_docker_socket) == "true";
  sandbox.state = parse_state(container.state);
  sandbox.state_word = std::move(container.state);
  sandbox.image = std::move(container.image);
  sandbox.image_id = std::move(container.image_id);
  sandbox.created = std::clamp<std::int64_t>(container.created, 0, k_latest_second);
  sandbox.creator = get(container.labels, k_creator);
  sandbox.replaces = get(container.labels, k_replaces);
  sandbox.labels = std::move(container.labels);
  sandbox.mounts = std::move(container.mounts);
  sandbox.size_rw = std::clamp<std::int64_t>(container.size_rw, 0, k_largest_size);
  return sandbox;
}

engine::ContainerFilter filter_all() {
  return {.labels = {std::string(k_sandbox) + "=true"}};
}

engine::ContainerFilter filter_workspace(const std::string& path) {
  return {.labels = {std::string(k_sandbox) + "=true", std::string(k_workspace) + "=" + path}};
}

}  // namespace docker_sandbox::sandbox::labels

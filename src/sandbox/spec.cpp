// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/sandbox/spec.hpp"

#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/base/text.hpp"
#include "docker_sandbox/sandbox/labels.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <ctime>

namespace docker_sandbox::sandbox {
namespace {

using base::Error;
using base::ErrorKind;
using engine::MountRequest;

/// What the container's own process does: nothing, until it is told to end. A loop around sleep, since "sleep infinity"
/// is not known to every shell's sleep; sleep in the background, so that the shell hears the signal at once. The file
/// tells the set-up that the template's entrypoint has come as far as starting this.
constexpr const char* k_wait_script =
    "true 2>/dev/null >/dev/shm/.docker-sandbox-waits; trap 'exit 0' TERM INT HUP; while :; do sleep 86400 & wait $!; "
    "done";

constexpr std::string_view k_unfinished_prefix = "sandbox-unfinished-";

bool is_alnum(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0;
}

void append(std::vector<std::string>& list, const std::vector<std::string>& more) {
  list.insert(list.end(), more.begin(), more.end());
}

void drop_variable(std::vector<std::string>& env, const std::string& name) {
  const std::string start = name + "=";
  env.erase(std::remove_if(env.begin(), env.end(),
                           [&](const std::string& entry) { return entry.compare(0, start.size(), start) == 0; }),
            env.end());
}

bool has_target(const std::vector<MountRequest>& mounts, const std::string& target) {
  return std::any_of(mounts.begin(), mounts.end(), [&](const MountRequest& mount) { return mount.target == target; });
}

void refuse_taken_target(const std::vector<MountRequest>& mounts, const MountRequest& volume) {
  if (has_target(mounts, volume.target)) {
    throw Error(ErrorKind::invalid_value, "cannot mount a volume on " + base::printable(volume.target) +
                                              " of the sandbox: the sandbox has its own mount there");
  }
}

}  // namespace

Identity agent_identity(uid_t caller, gid_t caller_group, const Workspace& workspace) {
  if (caller == 0) {
    return {workspace.owner, workspace.group};
  }
  return {caller, caller_group};
}

void check_name(const std::string& name) {
  const auto is_allowed = [](char c) { return is_alnum(c) || c == '_' || c == '.' || c == '-'; };
  if (name.size() < 2 || !is_alnum(name.front()) || !std::all_of(name.begin(), name.end(), is_allowed)) {
    throw Error(ErrorKind::invalid_value,
                "invalid sandbox name \"" + base::printable(name) + "\": only [a-zA-Z0-9][a-zA-Z0-9_.-]+ are allowed");
  }
}

bool is_image_reference(const std::string& reference) {
  // The engine knows the whole grammar; what must not reach its routes is told here.
  const auto is_allowed = [](char c) {
    return is_alnum(c) || c == '_' || c == '.' || c == '-' || c == '/' || c == ':' || c == '@';
  };
  return !reference.empty() && is_alnum(reference.front()) && is_alnum(reference.back()) &&
         std::all_of(reference.begin(), reference.end(), is_allowed) && reference.find("//") == std::string::npos;
}

void check_image_reference(const std::string& reference) {
  if (!is_image_reference(reference)) {
    throw Error(ErrorKind::invalid_value,
                "invalid template \"" + base::printable(reference) + "\": invalid reference format");
  }
}

std::string default_name(const agent::AgentProfile& agent, std::int64_t seconds_since_epoch) {
  const std::time_t seconds = seconds_since_epoch;
  std::tm local{};
  ::localtime_r(&seconds, &local);
  std::array<char, 32> text{};
  const std::size_t length = std::strftime(text.data(), text.size(), "%Y-%m-%d-%H%M%S", &local);
  return agent.name + "-sandbox-" + std::string(text.data(), length);
}

std::string unfinished_name(const std::string& workspace_path) {
  constexpr std::size_t k_digits = 24;  // 96 bits: no two workspaces will ever share it
  return std::string(k_unfinished_prefix) + base::sha256_hex(workspace_path).substr(0, k_digits);
}

bool is_unfinished_name(const std::string& name, const std::string& workspace_path) {
  // The hash is only needed for the few that look like it.
  return name.compare(0, k_unfinished_prefix.size(), k_unfinished_prefix) == 0 &&
         name == unfinished_name(workspace_path);
}

engine::ContainerRequest container_request(const SandboxSpec& spec, const HostParts& parts,
                                           const std::string& final_name, const std::string& creator) {
  engine::ContainerRequest request;
  request.image = spec.template_image;
  request.command = {"/bin/sh", "-c", k_wait_script};
  request.labels = labels::encode(spec, final_name, creator);
  request.extra_hosts = {"host.docker.internal:host-gateway"};
  // An engine that remaps its containers' users would show the workspace as nobody's, closed to the agent.
  request.userns_mode = "host";
  // One name for all: Gemini CLI derives from it the key of the file in which it keeps secrets.
  request.hostname = "docker-sandbox";
  request.env = spec.agent->environment;
  if (spec.credentials == CredentialsMode::sandbox) {
    append(request.env, spec.agent->credential_environment);
  }
  if (spec.identity.user == 0) {
    // Claude Code refuses to act without asking as root unless it is told that the machine is a sandbox.
    request.env.emplace_back("IS_SANDBOX=1");
  }
  for (const Variable& variable : spec.proxies) {
    request.env.push_back(variable.name + "=" + variable.value);
  }
  for (const Variable& variable : spec.variables) {
    drop_variable(request.env, variable.name);
    request.env.push_back(variable.name + "=" + variable.value);
  }
  request.mounts.push_back(
      {.type = MountRequest::Type::bind, .source = spec.workspace.path, .target = spec.workspace.path});
  if (spec.credentials == CredentialsMode::sandbox) {
    request.mounts.push_back({.type = MountRequest::Type::volume,
                              .source = spec.agent->credential_volume,
                              .target = spec.agent->credential_mount});
  }
  if (spec.docker_socket) {
    request.mounts.push_back(
        {.type = MountRequest::Type::bind, .source = *spec.docker_socket, .target = k_socket_target});
    if (spec.docker_socket_group && spec.identity.user != 0) {
      request.group_add = {std::to_string(*spec.docker_socket_group)};
    }
  }
  for (const MountRequest& volume : spec.volumes) {
    refuse_taken_target(request.mounts, volume);
    request.mounts.push_back(volume);
  }
  // What the user mounts counts for more than what comes by itself.
  for (const MountRequest& mount : parts.mounts) {
    if (!has_target(request.mounts, mount.target)) {
      request.mounts.push_back(mount);
    }
  }
  return request;
}

}  // namespace docker_sandbox::sandbox

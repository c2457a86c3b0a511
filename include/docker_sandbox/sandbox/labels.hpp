// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/engine/types.hpp"
#include "docker_sandbox/sandbox/sandbox.hpp"
#include "docker_sandbox/sandbox/spec.hpp"

#include <optional>
#include <string>
#include <vector>

/// The label schema: the registry of sandboxes is nothing but these labels on the containers.
namespace docker_sandbox::sandbox::labels {

inline constexpr const char* k_sandbox = "docker/sandbox";
inline constexpr const char* k_agent = "com.docker.sandbox.agent";
inline constexpr const char* k_workspace = "com.docker.sandbox.workingDirectory";
inline constexpr const char* k_workspace_inode = "com.docker.sandbox.workingDirectoryInode";
inline constexpr const char* k_credentials = "com.docker.sandbox.credentials";
// Ours from here on, under the same prefix.
inline constexpr const char* k_name = "com.docker.sandbox.name";
inline constexpr const char* k_template = "com.docker.sandbox.template";
inline constexpr const char* k_user = "com.docker.sandbox.user";
inline constexpr const char* k_env = "com.docker.sandbox.env";
inline constexpr const char* k_docker_socket = "com.docker.sandbox.dockerSocket";
inline constexpr const char* k_creator = "com.docker.sandbox.creator";
inline constexpr const char* k_replaces = "com.docker.sandbox.replaces";

/// The labels of a new sandbox. Of the user's variables only the names are kept: labels are no place for secrets.
engine::Labels encode(const SandboxSpec& spec, const std::string& final_name, const std::string& creator);

/// A sandbox out of a container. Nothing when the container is none: labels missing or malformed, or the workspace that
/// they name is not mounted at its own path. Labels alone prove nothing, since images hand theirs on to any container.
std::optional<Sandbox> decode(engine::ContainerSummary container);

/// The filter that finds all sandboxes, and the one that finds those of a workspace.
engine::ContainerFilter filter_all();
engine::ContainerFilter filter_workspace(const std::string& path);

}  // namespace docker_sandbox::sandbox::labels

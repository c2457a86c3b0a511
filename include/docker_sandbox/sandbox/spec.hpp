// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/agent/catalog.hpp"
#include "docker_sandbox/engine/types.hpp"
#include "docker_sandbox/sandbox/environment.hpp"
#include "docker_sandbox/sandbox/sandbox.hpp"
#include "docker_sandbox/sandbox/workspace.hpp"

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace docker_sandbox::sandbox {

/// The numbers that the agent has inside.
struct Identity {
  uid_t user = 0;
  gid_t group = 0;
};

/// Called by root the workspace's owner counts, so that root can run an agent for a user's project.
Identity agent_identity(uid_t caller, gid_t caller_group, const Workspace& workspace);

/// Options with a default whose value the user gave. A sandbox that is there already is compared with what was given only.
struct GivenOptions {
  bool credentials = false;
  bool template_image = false;
};

/// Whose credentials the mode "host" lends.
struct Caller {
  std::string home;
  std::string configuration_directory;  ///< the docker CLI's
};

/// What the user asked for, resolved: all that the creation of a sandbox depends on.
struct SandboxSpec {
  const agent::AgentProfile* agent = nullptr;  ///< of the catalog
  Workspace workspace;
  std::string template_image;
  std::optional<std::string> name;
  CredentialsMode credentials = CredentialsMode::sandbox;
  std::vector<Variable> variables;
  /// What the docker CLI's configuration gives every container, without what `variables` or an option takes its place.
  std::vector<Variable> proxies;
  std::vector<engine::MountRequest> volumes;
  /// The engine's socket on its host, when it is to be mounted, and its group there, where that is known.
  std::optional<std::string> docker_socket;
  std::optional<gid_t> docker_socket_group;
  Identity identity;
  Caller caller;
  GivenOptions given;
};

/// Where the engine's socket is mounted in a sandbox.
inline constexpr const char* k_socket_target = "/var/run/docker.sock";

/// A name that an engine accepts: letters, digits, "_", "." and "-", at least two. Throws Error{invalid_value}.
void check_name(const std::string& name);

/// Whether the text can be an image reference, and cannot be anything else to the engine.
bool is_image_reference(const std::string& text);

/// A well-formed image reference, or Error{invalid_value}.
void check_image_reference(const std::string& reference);

/// `<agent>-sandbox-YYYY-MM-DD-HHMMSS` in local time.
std::string default_name(const agent::AgentProfile& agent, std::int64_t seconds_since_epoch);

/// The name of a sandbox that is not ready yet. One workspace has one: it is the lock that lets only one process make
/// the workspace's sandbox (docs/adr/0001).
std::string unfinished_name(const std::string& workspace_path);
bool is_unfinished_name(const std::string& name, const std::string& workspace_path);

/// What a new sandbox gets of the caller's machine beside what the spec names.
struct HostParts {
  std::vector<engine::MountRequest> mounts;
  std::vector<std::string> warnings;  ///< what the user has to know of them, one sentence each
  std::vector<std::string> notes;
};

/// The container that makes this sandbox. Throws Error{invalid_value} when two mounts are to be on one path.
engine::ContainerRequest container_request(const SandboxSpec& spec, const HostParts& parts,
                                           const std::string& final_name, const std::string& creator);

}  // namespace docker_sandbox::sandbox

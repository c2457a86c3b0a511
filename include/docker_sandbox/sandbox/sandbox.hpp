// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/engine/types.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace docker_sandbox::sandbox {

/// What `docker ps` calls the state, as far as it makes a difference here.
enum class RunState { created, running, paused, stopped, going };

/// Where the sandbox's credentials come from.
enum class CredentialsMode { host, sandbox, none };

/// "host", "sandbox", "none".
std::string_view to_text(CredentialsMode mode);
std::optional<CredentialsMode> parse_credentials_mode(std::string_view text);
/// "host, sandbox, none": for messages.
std::string_view credentials_modes();

/// A container that is a sandbox, as the list of containers and its labels describe it.
struct Sandbox {
  std::string id;
  std::string name;                   ///< the container's name now
  std::string agent;                  ///< the agent it was made for
  std::string workspace;              ///< canonical path
  std::uint64_t workspace_inode = 0;  ///< 0: not known to its maker
  CredentialsMode credentials = CredentialsMode::sandbox;
  std::string template_image;          ///< the reference as it was asked for
  std::string user;                    ///< number that sessions run as
  std::vector<std::string> variables;  ///< names of the variables that the user set
  bool docker_socket = false;
  RunState state = RunState::stopped;
  std::string state_word;  ///< docker's own word
  std::string image;       ///< the reference while it still stands for image_id, else an ID
  std::string image_id;
  std::int64_t created = 0;  ///< seconds since the epoch
  std::string creator;       ///< who makes it, see creator.hpp
  /// ID of the sandbox whose place it was made to take; from the registry only while that one is still there.
  std::string replaces;
  engine::Labels labels;
  std::vector<engine::MountPoint> mounts;
  std::int64_t size_rw = 0;  ///< bytes of its own layer, 64 TiB at most, where the list was asked for sizes
};

}  // namespace docker_sandbox::sandbox

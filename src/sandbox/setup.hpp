// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/engine/client.hpp"
#include "docker_sandbox/sandbox/spec.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace docker_sandbox::sandbox {

/// What the set-up found.
struct SetupReport {
  /// Nothing was done: the agent has to have these numbers. The engine's containers have others than the caller, as those
  /// of a rootless engine; or the engine is elsewhere, and they are the workspace's owner's.
  std::optional<Identity> other_numbers;
  bool workspace_is_no_directory = false;
  std::string kernel;                 ///< the one that the container runs on, see os::running_kernel
  std::string mounts;                 ///< the mount table inside
  std::vector<std::string> warnings;  ///< what the user has to know, one sentence each
  std::vector<std::string> notes;     ///< what was done that the user may like to know
};

/// Runs setup.sh in the started container, as root. Throws Error when the template does not let it, with its reason, and
/// when the workspace, on an engine elsewhere, is no directory.
SetupReport set_up(engine::EngineClient& engine, const std::string& id, const SandboxSpec& spec,
                   const HostParts& parts);

/// The report in the lines that setup.sh printed; nothing when it did not come to its end.
std::optional<SetupReport> parse_setup_report(std::string_view output);

}  // namespace docker_sandbox::sandbox

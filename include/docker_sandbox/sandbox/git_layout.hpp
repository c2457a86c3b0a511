// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/engine/types.hpp"

#include <string>
#include <vector>

namespace docker_sandbox::sandbox {

/// What git needs in a sandbox beside the workspace.
struct GitLayout {
  std::vector<engine::MountRequest> mounts;
  std::vector<std::string> warnings;  ///< one sentence each: why git will not work inside
  std::vector<std::string> notes;     ///< one sentence each, for those who wonder
};

/// Looks at the workspace's .git. In a linked worktree or a submodule it is a file that names a directory elsewhere,
/// which is mounted at its own path when it names the workspace in return; a workspace can say anything about directories
/// that are not its own. The entries of a repository's other worktrees are mounted read-only: inside they look as if
/// their directories were gone, and git would prune them.
GitLayout look_at_git(const std::string& workspace);

}  // namespace docker_sandbox::sandbox

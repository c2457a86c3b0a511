// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/engine/types.hpp"
#include "docker_sandbox/os/mount_table.hpp"
#include "docker_sandbox/sandbox/sandbox.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace docker_sandbox::engine {
class EngineClient;
}

/// The engine is given paths, and goes where they lead when it mounts them. Whoever may write beside a directory that was
/// checked, an agent whose workspace is the directory above for one, can put a symbolic link into its place meanwhile.
namespace docker_sandbox::sandbox {

/// A directory of this machine that a container is to have.
struct CheckedMount {
  std::string target;
  os::DirectoryPlace place;  ///< where it was when it was checked
};

/// Those of the mounts that are directories here and can be told apart. `docker_socket`, if any, is a path of the engine's, and
/// no directory. Throws Error{invalid_value} when nothing stands at the path of another one any more, or a symbolic link.
std::vector<CheckedMount> checked_mounts(const std::vector<engine::MountRequest>& mounts,
                                         const std::optional<std::string>& docker_socket);

/// The target on which, by a mount table from inside, another directory is mounted than was checked; nothing when there is
/// none. File systems that this process does not know (`own_mounts`) are an engine's that sees other ones than we do: they say
/// nothing. Pure.
std::optional<std::string> find_other_mount(const std::vector<CheckedMount>& checked, std::string_view mounts_inside,
                                            std::string_view own_mounts);

/// Throws Error{invalid_value} when, by what the set-up printed, something else is mounted than was checked. `kernel` is the
/// one that the table is told by: only of our own kernel's can anything be told.
void refuse_other_mounts(const std::vector<CheckedMount>& checked, const std::string& kernel,
                         std::string_view mounts_inside);

/// A sandbox that has just been started again must have what stands at its workspace's path. Where its mount table
/// says that it has not, it is stopped, and Error{invalid_value} thrown. Costs a request on a local engine, and sometimes a
/// process inside (mounted_workspace).
void refuse_other_workspace(engine::EngineClient& engine, const Sandbox& sandbox);

}  // namespace docker_sandbox::sandbox

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/engine/types.hpp"
#include "docker_sandbox/os/mount_table.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// A mount shows the directory that stood at its path when the container was started, whatever has become of it since:
/// moved, deleted, made again. Labels cannot change and inode numbers are used again, so the mount itself is looked at.
namespace docker_sandbox::sandbox {

enum class MountedWorkspace {
  current,  ///< the directory that stands at the path now
  stale,    ///< another one, or one that is deleted
  unknown,  ///< not running, or on an engine whose processes are not visible here
};

/// What a running sandbox has mounted as its workspace, told from its first process, when that is visible here.
/// `label_inode` is the inode number that the workspace had when the sandbox was made.
MountedWorkspace mounted_workspace(const engine::ContainerDetails& container, const std::string& workspace,
                                   std::uint64_t label_inode);

/// The decision behind it, from a process's mount table: `here` is what stands at the path now, if anything does, and
/// `same_inode` whether that has the label's inode number. Nothing when the table is not that of the container: then the
/// process number is one of another machine.
std::optional<MountedWorkspace> compare_mount(std::string_view mount_table, const std::string& container_id,
                                              const std::string& workspace,
                                              const std::optional<os::DirectoryPlace>& here, bool same_inode);

}  // namespace docker_sandbox::sandbox

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/engine/client.hpp"
#include "docker_sandbox/os/mount_table.hpp"
#include "docker_sandbox/sandbox/sandbox.hpp"

#include <optional>
#include <string>
#include <string_view>

/// A mount shows the directory that stood at its path when the container was started, whatever has become of it since:
/// moved, deleted, made again. Labels cannot change and inode numbers are used again, so the mount itself is looked at.
namespace docker_sandbox::sandbox {

enum class MountedWorkspace {
  current,  ///< the directory that stands at the path now
  stale,    ///< another one, or one that is deleted
  unknown,  ///< not running, or not to be told from here
};

/// What an answer may rest on.
enum class Evidence {
  any,              ///< also times, where no mount table is to be had
  of_mount_tables,  ///< nothing that is merely likely
};

/// What a running sandbox has mounted as its workspace. On a local engine only: elsewhere the path is another machine's.
/// Costs no request where the container's processes are visible here; otherwise a process inside, when the directory's
/// inode number, the time it was made, or changes of the directory that it is in give reason for doubt.
MountedWorkspace mounted_workspace(engine::EngineClient& engine, const Sandbox& sandbox,
                                   const engine::ContainerDetails& container, Evidence evidence = Evidence::any);

/// What has become of a workspace since its sandbox was made.
enum class WorkspaceCondition { as_it_was, gone, made_again };

/// As far as it can be told from here: on a local engine only. Costs a request for a sandbox that runs while there is
/// reason for doubt, and none otherwise.
WorkspaceCondition workspace_condition(engine::EngineClient& engine, const Sandbox& sandbox);

/// What stands at the workspace's path, seen from here.
struct WorkspaceView {
  std::string path;
  std::optional<os::DirectoryPlace> place;  ///< nothing: no directory is there
  bool same_inode = false;                  ///< it has the number of the directory that the sandbox was made with
  std::string own_mounts;                   ///< this process's mount table
};

/// The decision: compares what stands at the path with what the container's mount table says. Nothing when the table is
/// not that of the container: a process number of another machine.
std::optional<MountedWorkspace> compare_mount(std::string_view container_mounts, const std::string& container_id,
                                              const WorkspaceView& here);

}  // namespace docker_sandbox::sandbox

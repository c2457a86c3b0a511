// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/sandbox/mounted_workspace.hpp"

#include "docker_sandbox/base/time.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <vector>

namespace docker_sandbox::sandbox {
namespace {

struct DirectoryFacts {
  std::uint64_t inode = 0;
  std::optional<base::UnixTime> made;  ///< where the file system keeps it
};

std::optional<DirectoryFacts> facts_of(const std::string& path) {
  struct statx status {};
  if (::statx(AT_FDCWD, path.c_str(), AT_SYMLINK_NOFOLLOW, STATX_TYPE | STATX_INO | STATX_BTIME, &status) != 0 ||
      !S_ISDIR(status.stx_mode)) {
    return std::nullopt;
  }
  DirectoryFacts facts{.inode = status.stx_ino};
  if ((status.stx_mask & STATX_BTIME) != 0) {
    facts.made = std::chrono::seconds(status.stx_btime.tv_sec) + std::chrono::nanoseconds(status.stx_btime.tv_nsec);
  }
  return facts;
}

}  // namespace

std::optional<MountedWorkspace> compare_mount(std::string_view mount_table, const std::string& container_id,
                                              const std::string& workspace,
                                              const std::optional<os::DirectoryPlace>& here, bool same_inode) {
  // Engines mount /etc/hostname and its like from a directory that bears the container's ID.
  if (container_id.empty() || mount_table.find(container_id) == std::string_view::npos) {
    return std::nullopt;
  }
  std::optional<os::MountEntry> mount;
  for (os::MountEntry& entry : os::parse_mount_table(mount_table)) {
    if (entry.point == workspace) {
      mount = std::move(entry);  // the last one on a point covers the others
    }
  }
  if (!mount) {
    return MountedWorkspace::unknown;
  }
  if (mount->deleted || !here) {
    return MountedWorkspace::stale;
  }
  if (mount->device == here->device) {
    return mount->root == here->path ? MountedWorkspace::current : MountedWorkspace::stale;
  }
  // Another file system stands at the path now; or the engine sees other file systems than this process does, and did so
  // from the start.
  return same_inode ? MountedWorkspace::unknown : MountedWorkspace::stale;
}

MountedWorkspace mounted_workspace(const engine::ContainerDetails& container, const std::string& workspace,
                                   std::uint64_t label_inode) {
  if (container.pid <= 0) {
    return MountedWorkspace::unknown;
  }
  const std::optional<DirectoryFacts> facts = facts_of(workspace);
  const bool same_inode = facts && facts->inode == label_inode;
  if (const auto table = os::read_mount_table(std::to_string(container.pid))) {
    if (const auto compared = compare_mount(*table, container.id, workspace, os::place_of(workspace), same_inode)) {
      return *compared;
    }
  }
  // The engine's processes are not visible here, though its clock and its files are ours (a virtual machine, another PID
  // namespace): a directory that was made after the last start cannot be the one that is mounted.
  const std::optional<base::UnixTime> started = base::parse_rfc3339(container.started_at);
  const bool made_since = facts && facts->made && started && *facts->made > *started;
  return made_since && !same_inode ? MountedWorkspace::stale : MountedWorkspace::unknown;
}

}  // namespace docker_sandbox::sandbox

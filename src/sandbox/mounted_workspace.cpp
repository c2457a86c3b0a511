// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/sandbox/mounted_workspace.hpp"

#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/base/log.hpp"
#include "docker_sandbox/base/time.hpp"
#include "docker_sandbox/os/file.hpp"
#include "docker_sandbox/sandbox/exec_capture.hpp"
#include "sessions.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <iterator>
#include <vector>

namespace docker_sandbox::sandbox {
namespace {

constexpr std::chrono::seconds k_exec_deadline{60};
/// Which kernel it is, then the mount table; the shell alone, since a template may have nothing else.
constexpr const char* k_print_mounts =
    "while IFS= read -r line; do printf '%s\\n' \"$line\"; done </proc/sys/kernel/random/boot_id; "
    "while IFS= read -r line; do printf '%s\\n' \"$line\"; done </proc/self/mountinfo";

struct DirectoryFacts {
  std::uint64_t inode = 0;
  std::optional<base::UnixTime> made;  ///< where the file system keeps it
};

base::UnixTime to_time(const struct statx_timestamp& stamp) {
  return std::chrono::seconds(stamp.tv_sec) + std::chrono::nanoseconds(stamp.tv_nsec);
}

std::optional<DirectoryFacts> facts_of(const std::string& path) {
  struct statx status {};
  if (::statx(AT_FDCWD, path.c_str(), AT_SYMLINK_NOFOLLOW, STATX_TYPE | STATX_INO | STATX_BTIME, &status) != 0 ||
      !S_ISDIR(status.stx_mode)) {
    return std::nullopt;
  }
  DirectoryFacts facts{.inode = status.stx_ino};
  if ((status.stx_mask & STATX_BTIME) != 0) {
    facts.made = to_time(status.stx_btime);
  }
  return facts;
}

/// Whether it may be the directory that the sandbox was made for. A caller on another machine could not know its inode.
bool has_inode(const Sandbox& sandbox, const DirectoryFacts& facts) {
  return sandbox.workspace_inode == 0 || facts.inode == sandbox.workspace_inode;
}

/// Whether the directory may have come to its path by a rename since then: that changes the directory that it is in.
bool may_have_moved_since(const std::string& path, base::UnixTime then) {
  const std::string parent = path.substr(0, std::max<std::size_t>(path.rfind('/'), 1));
  struct statx status {};
  return ::statx(AT_FDCWD, parent.c_str(), 0, STATX_MTIME, &status) == 0 && to_time(status.stx_mtime) > then;
}

/// Whether it is certain that no directory stands at the path.
bool is_nothing_there(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 ? !S_ISDIR(status.st_mode) : errno == ENOENT || errno == ENOTDIR;
}

/// The mount table as a process inside sees it; nothing when that is another kernel's, or cannot be had.
std::optional<std::string> mounts_seen_inside(engine::EngineClient& engine, const std::string& container_id) {
  try {
    const CapturedExec seen = run_captured(
        engine, container_id,
        {.command = {"/bin/sh", "-c", k_print_mounts, k_look_argument}, .user = "0", .working_directory = "/"},
        k_exec_deadline);
    const std::string boot = os::running_kernel() + "\n";
    if (boot.size() > 1 && seen.out.compare(0, boot.size(), boot) == 0) {
      return seen.out.substr(boot.size());
    }
  } catch (const base::Error& error) {
    // No shell, not running any more: then the other evidence has to do.
    base::debug("cannot see the mounts inside {}: {}", container_id, error.what());
  }
  return std::nullopt;
}

bool has_device(std::string_view mounts, const std::string& device) {
  const std::vector<os::MountEntry> entries = os::parse_mount_table(mounts);
  return std::any_of(entries.begin(), entries.end(),
                     [&](const os::MountEntry& entry) { return entry.device == device; });
}

}  // namespace

std::optional<MountedWorkspace> compare_mount(std::string_view container_mounts, const std::string& container_id,
                                              const WorkspaceView& here) {
  // Engines mount /etc/hostname and its like from a directory that bears the container's ID.
  if (container_id.empty() || container_mounts.find(container_id) == std::string_view::npos) {
    return std::nullopt;
  }
  std::optional<os::MountEntry> mount;
  for (os::MountEntry& entry : os::parse_mount_table(container_mounts)) {
    if (entry.point == here.path) {
      mount = std::move(entry);  // the last one on a point covers the others
    }
  }
  if (!mount) {
    return MountedWorkspace::unknown;
  }
  if (mount->deleted) {
    return MountedWorkspace::stale;
  }
  if (!here.place) {
    // Moved away, unless its whole file system is not mounted here any more and may come back.
    return has_device(here.own_mounts, mount->device) ? MountedWorkspace::stale : MountedWorkspace::unknown;
  }
  if (mount->device == here.place->device) {
    return mount->root == here.place->path ? MountedWorkspace::current : MountedWorkspace::stale;
  }
  // Another file system stands at the path now; or the engine sees other file systems than this process does, and did so
  // from the start.
  return here.same_inode ? MountedWorkspace::unknown : MountedWorkspace::stale;
}

MountedWorkspace mounted_workspace(engine::EngineClient& engine, const Sandbox& sandbox,
                                   const engine::ContainerDetails& container, Evidence evidence) {
  if (container.pid <= 0 || !engine.endpoint().is_local()) {
    return MountedWorkspace::unknown;
  }
  const std::optional<DirectoryFacts> facts = facts_of(sandbox.workspace);
  const WorkspaceView here{.path = sandbox.workspace,
                           .place = os::place_of(sandbox.workspace),
                           .same_inode = facts && has_inode(sandbox, *facts),
                           .own_mounts = os::read_mount_table("self").value_or("")};
  if (const auto mounts = os::read_mount_table(std::to_string(container.pid))) {
    if (const auto answer = compare_mount(*mounts, container.id, here)) {
      return *answer;
    }
  }
  // The engine's processes have other numbers here, or are on a virtual machine.
  const std::optional<base::UnixTime> started = base::parse_rfc3339(container.started_at);
  const bool made_since = facts && facts->made && started && *facts->made > *started;
  const bool moved_since = started && may_have_moved_since(sandbox.workspace, *started);
  if (here.same_inode && !made_since && !moved_since) {
    return MountedWorkspace::unknown;
  }
  if (const auto mounts = mounts_seen_inside(engine, container.id)) {
    if (const auto answer = compare_mount(*mounts, container.id, here)) {
      return *answer;
    }
  }
  // What was made after the last start cannot be what is mounted. The clock may be another one, so both must agree.
  return evidence == Evidence::any && made_since && !here.same_inode ? MountedWorkspace::stale
                                                                     : MountedWorkspace::unknown;
}

WorkspaceCondition workspace_condition(engine::EngineClient& engine, const Sandbox& sandbox) {
  if (!engine.endpoint().is_local()) {
    return WorkspaceCondition::as_it_was;
  }
  const std::optional<DirectoryFacts> facts = facts_of(sandbox.workspace);
  if (!facts) {
    return is_nothing_there(sandbox.workspace) ? WorkspaceCondition::gone : WorkspaceCondition::as_it_was;
  }
  // The engine tells whole seconds.
  constexpr std::chrono::seconds k_precision{1};
  const bool same_inode = has_inode(sandbox, *facts);
  if (same_inode && !(facts->made && *facts->made > std::chrono::seconds(sandbox.created) + k_precision)) {
    return WorkspaceCondition::as_it_was;
  }
  if (sandbox.state != RunState::running && sandbox.state != RunState::paused) {
    return WorkspaceCondition::made_again;
  }
  try {
    switch (mounted_workspace(engine, sandbox, engine.inspect_container(sandbox.id))) {
      case MountedWorkspace::current:
        return WorkspaceCondition::as_it_was;
      case MountedWorkspace::stale:
        return WorkspaceCondition::made_again;
      case MountedWorkspace::unknown:
        break;
    }
  } catch (const base::Error& error) {
    if (error.kind() != base::ErrorKind::engine_not_found) {
      throw;
    }
  }
  return same_inode ? WorkspaceCondition::as_it_was : WorkspaceCondition::made_again;
}

}  // namespace docker_sandbox::sandbox

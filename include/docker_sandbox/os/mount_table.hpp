// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What is mounted where, as the kernel tells each process (proc(5), /proc/PID/mountinfo).
namespace docker_sandbox::os {

struct MountEntry {
  int id = 0;
  std::string device;    ///< major:minor of the file system
  std::string root;      ///< the directory of that file system that is mounted
  std::string point;     ///< where, in the process's own view
  bool deleted = false;  ///< `root` has been deleted since
};

/// The lines of a mountinfo file; malformed ones are left out.
std::vector<MountEntry> parse_mount_table(std::string_view text);

/// The mount table of a process as text, or nothing when there is no such process or it may not be read.
std::optional<std::string> read_mount_table(const std::string& process);

/// What tells the kernel that runs now from every other one, and from itself after a restart; empty when it cannot be read.
std::string running_kernel();

/// A directory by what the kernel finds it by, whatever path leads there: two views that give equal values show one
/// directory.
struct DirectoryPlace {
  std::string device;
  std::string path;  ///< from the root of its file system
  bool operator==(const DirectoryPlace&) const = default;
};

/// Where the directory that stands at this path (absolute, canonical) is; nothing when it is none or cannot be told. Throws
/// std::system_error when the path leads nowhere, or over a symbolic link: then it is the canonical path of nothing.
std::optional<DirectoryPlace> place_at(const std::string& path);

/// The same, where a path that leads nowhere or over a symbolic link is no directory.
std::optional<DirectoryPlace> place_of(const std::string& path);

}  // namespace docker_sandbox::os

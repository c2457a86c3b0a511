// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/sandbox/checked_mounts.hpp"

#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/base/text.hpp"
#include "docker_sandbox/engine/client.hpp"
#include "docker_sandbox/sandbox/mounted_workspace.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace docker_sandbox::sandbox {
namespace {

base::Error replaced(const std::string& path) {
  return {base::ErrorKind::invalid_value,
          "the engine has mounted another directory at " + base::printable(path) +
              " than the one that is there for you: it was replaced meanwhile, by a symbolic link for one, or a file "
              "system is mounted on it that the engine does not see",
          "Look at what stands there, and who replaces it. An engine sees what was mounted before it was started."};
}

/// Where what was found at a path is now. All paths that we give to an engine have been made canonical: one that leads over
/// a link by now, or nowhere, has been replaced since.
std::optional<os::DirectoryPlace> place_now(const std::string& path) {
  try {
    return os::place_at(path);
  } catch (const std::system_error& error) {
    const int code = error.code().value();
    throw base::Error(base::ErrorKind::invalid_value,
                      base::printable(path) + " is not what it was a moment ago: " +
                          (code == ELOOP    ? "a symbolic link has taken its place, or that of a directory above"
                           : code == ENOENT ? "nothing stands there any more"
                                            : error.code().message()),
                      "Look at who replaces it, and run the command again.");
  }
}

bool is_mounted_here(const std::vector<os::MountEntry>& own, const std::string& device) {
  return std::any_of(own.begin(), own.end(), [&](const os::MountEntry& entry) { return entry.device == device; });
}

}  // namespace

std::vector<CheckedMount> checked_mounts(const std::vector<engine::MountRequest>& mounts,
                                         const std::optional<std::string>& docker_socket) {
  std::vector<CheckedMount> checked;
  for (const engine::MountRequest& mount : mounts) {
    if (mount.type != engine::MountRequest::Type::bind || mount.source == docker_socket) {
      continue;
    }
    if (std::optional<os::DirectoryPlace> place = place_now(mount.source)) {
      checked.push_back({.target = mount.target, .place = *std::move(place)});
    }
  }
  return checked;
}

std::optional<std::string> find_other_mount(const std::vector<CheckedMount>& checked, std::string_view mounts_inside,
                                            std::string_view own_mounts) {
  const std::vector<os::MountEntry> inside = os::parse_mount_table(mounts_inside);
  const std::vector<os::MountEntry> own = os::parse_mount_table(own_mounts);
  for (const CheckedMount& mount : checked) {
    // The last one on a point covers the others.
    const auto entry = std::find_if(inside.rbegin(), inside.rend(),
                                    [&](const os::MountEntry& other) { return other.point == mount.target; });
    if (entry == inside.rend()) {
      continue;  // below a symbolic link of the template's
    }
    const bool same_file_system = entry->device == mount.place.device;
    if (same_file_system ? entry->root != mount.place.path : is_mounted_here(own, entry->device)) {
      return mount.target;
    }
  }
  return std::nullopt;
}

void refuse_other_mounts(const std::vector<CheckedMount>& checked, const std::string& kernel,
                         std::string_view mounts_inside) {
  if (checked.empty() || kernel.empty() || kernel != os::running_kernel()) {
    return;
  }
  if (const auto target = find_other_mount(checked, mounts_inside, os::read_mount_table("self").value_or(""))) {
    throw replaced(*target);
  }
}

void refuse_other_workspace(engine::EngineClient& engine, const Sandbox& sandbox) {
  if (!engine.endpoint().is_local()) {
    return;
  }
  const std::optional<engine::ContainerDetails> container = engine.find_container(sandbox.id);
  if (container &&
      mounted_workspace(engine, sandbox, *container, Evidence::of_mount_tables) == MountedWorkspace::stale) {
    engine.stop_container(sandbox.id);
    throw replaced(sandbox.workspace);
  }
}

}  // namespace docker_sandbox::sandbox

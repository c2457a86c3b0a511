// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/os/mount_table.hpp"

#include "docker_sandbox/base/number.hpp"
#include "docker_sandbox/base/text.hpp"
#include "docker_sandbox/os/file.hpp"
#include "docker_sandbox/os/unique_fd.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace docker_sandbox::os {
namespace {

/// How the kernel marks the path of something that has been deleted.
constexpr std::string_view k_deleted = "//deleted";

bool is_octal(char c) {
  return c >= '0' && c <= '7';
}

/// Blanks, tabs, line ends, backslashes and hashes in paths are written as \ooo.
std::string unescape(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size() && is_octal(text[i + 1]) && is_octal(text[i + 2]) &&
        is_octal(text[i + 3])) {
      plain += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0'));
      i += 3;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

/// The mount that an open file lies on.
std::optional<int> mount_id_of(const UniqueFd& fd) {
  const FileContent info = read_file("/proc/self/fdinfo/" + std::to_string(fd.get()), k_any_size);
  for (const std::string& line : base::split(info.bytes, '\n')) {
    constexpr std::string_view k_key = "mnt_id:";
    if (std::string_view(line).substr(0, k_key.size()) == k_key) {
      return base::parse_number<int>(base::trim(std::string_view(line).substr(k_key.size())));
    }
  }
  return std::nullopt;
}

/// Opens a path that no symbolic link is a part of. Before Linux 5.6 only the last part is looked at.
UniqueFd open_without_links(const std::string& path) {
  open_how how{};
  how.flags = O_PATH | O_CLOEXEC;
  how.resolve = RESOLVE_NO_SYMLINKS;
  UniqueFd fd(static_cast<int>(::syscall(SYS_openat2, AT_FDCWD, path.c_str(), &how, sizeof how)));
  if (!fd && (errno == ENOSYS || errno == EPERM)) {
    fd = UniqueFd(::open(path.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
  }
  return fd;
}

}  // namespace

std::vector<MountEntry> parse_mount_table(std::string_view text) {
  std::vector<MountEntry> entries;
  for (const std::string& line : base::split(text, '\n')) {
    // ID, parent's ID, major:minor, root, mount point, then options that are of no account here.
    const std::vector<std::string> fields = base::split(line, ' ');
    constexpr std::size_t k_fewest_fields = 6;
    const std::optional<int> id = fields.size() < k_fewest_fields ? std::nullopt : base::parse_number<int>(fields[0]);
    if (!id || fields[4].substr(0, 1) != "/") {
      continue;
    }
    MountEntry entry{.id = *id, .device = fields[2], .root = unescape(fields[3]), .point = unescape(fields[4])};
    if (entry.root.size() > k_deleted.size() &&
        entry.root.compare(entry.root.size() - k_deleted.size(), k_deleted.size(), k_deleted) == 0) {
      entry.deleted = true;
      entry.root.erase(entry.root.size() - k_deleted.size());
    }
    entries.push_back(std::move(entry));
  }
  return entries;
}

std::optional<std::string> read_mount_table(const std::string& process) {
  FileContent table = read_file("/proc/" + process + "/mountinfo", k_any_size);
  return table ? std::optional(std::move(table.bytes)) : std::nullopt;
}

std::string running_kernel() {
  const std::string text = read_file("/proc/sys/kernel/random/boot_id", k_any_size).bytes;
  return std::string(base::trim(text));
}

std::optional<DirectoryPlace> place_at(const std::string& path) {
  const UniqueFd fd = open_without_links(path);
  struct stat status {};
  if (!fd || ::fstat(fd.get(), &status) != 0) {
    throw std::system_error(errno, std::generic_category(), path);
  }
  if (S_ISLNK(status.st_mode)) {
    throw std::system_error(ELOOP, std::generic_category(), path);
  }
  const std::optional<int> id = S_ISDIR(status.st_mode) ? mount_id_of(fd) : std::nullopt;
  if (!id) {
    return std::nullopt;
  }
  for (const MountEntry& mount : parse_mount_table(read_mount_table("self").value_or(""))) {
    if (mount.id != *id) {
      continue;
    }
    const bool whole = mount.point == "/";
    if (!whole && path != mount.point && path.compare(0, mount.point.size() + 1, mount.point + "/") != 0) {
      return std::nullopt;  // the process has another root directory than the one the table is told from
    }
    std::string inner = path.substr(whole ? 0 : mount.point.size());
    while (!inner.empty() && inner.back() == '/') {
      inner.pop_back();
    }
    std::string root = mount.root == "/" && !inner.empty() ? std::string() : mount.root;
    return DirectoryPlace{.device = mount.device, .path = root + inner};
  }
  return std::nullopt;
}

std::optional<DirectoryPlace> place_of(const std::string& path) {
  try {
    return place_at(path);
  } catch (const std::system_error&) {
    return std::nullopt;
  }
}

}  // namespace docker_sandbox::os

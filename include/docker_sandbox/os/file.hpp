// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <limits>
#include <string>

/// Reading whole files.
namespace docker_sandbox::os {

/// For what the kernel writes.
inline constexpr std::size_t k_any_size = std::numeric_limits<std::size_t>::max();

/// A file's bytes, or why they could not be had.
struct FileContent {
  std::string bytes;
  int error = 0;  ///< an errno; EFBIG: there was more than asked for

  explicit operator bool() const { return error == 0; }
};

/// Whatever the path leads to, a pipe too: then until its writers have closed it. `most` in bytes.
FileContent read_file(const std::string& path, std::size_t most);

/// The same for a path in a directory that others write to. Never waits: what is no regular file at the moment of opening
/// is refused (EINVAL).
FileContent read_regular_file(const std::string& path, std::size_t most);

}  // namespace docker_sandbox::os

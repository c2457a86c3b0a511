// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/os/unique_fd.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <stdexcept>
#include <string>

namespace docker_sandbox::support {

/// A file without a name, to be read from its beginning.
inline os::UniqueFd memory_file(const std::string& content = {}) {
  os::UniqueFd file(::memfd_create("docker-sandbox-test", MFD_CLOEXEC));
  if (!file || ::write(file.get(), content.data(), content.size()) != static_cast<ssize_t>(content.size()) ||
      ::lseek(file.get(), 0, SEEK_SET) != 0) {
    throw std::runtime_error("cannot make a file in memory");
  }
  return file;
}

/// What is in it, but no more than so many bytes.
inline std::string content_of(const os::UniqueFd& file, std::size_t most = std::string::npos) {
  std::string content;
  std::array<char, 65536> buffer{};
  for (ssize_t count = 1; count > 0 && content.size() < most;) {
    count = ::pread(file.get(), buffer.data(), buffer.size(), static_cast<off_t>(content.size()));
    content.append(buffer.data(), count > 0 ? static_cast<std::size_t>(count) : 0);
  }
  content.resize(std::min(content.size(), most));
  return content;
}

}  // namespace docker_sandbox::support

// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/os/file.hpp"

#include "docker_sandbox/os/unique_fd.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace docker_sandbox::os {
namespace {

FileContent read_all(const UniqueFd& file, std::size_t most) {
  FileContent content;
  std::array<char, 16 * 1024> buffer{};
  for (;;) {
    const ssize_t count = ::read(file.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count < 0) {
      return {.error = errno};
    }
    if (count == 0) {
      return content;
    }
    if (static_cast<std::size_t>(count) > most - content.bytes.size()) {
      return {.error = EFBIG};
    }
    content.bytes.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

}  // namespace

FileContent read_file(const std::string& path, std::size_t most) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  return file ? read_all(file, most) : FileContent{.error = errno};
}

FileContent read_regular_file(const std::string& path, std::size_t most) {
  // A FIFO would have us wait for its other end.
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0) {
    return {.error = errno};
  }
  return S_ISREG(status.st_mode) ? read_all(file, most) : FileContent{.error = EINVAL};
}

}  // namespace docker_sandbox::os

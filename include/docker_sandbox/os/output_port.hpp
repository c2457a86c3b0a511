// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/os/unique_fd.hpp"

#include <sys/uio.h>

#include <cstddef>

namespace docker_sandbox::os {

/// One of the caller's output descriptors, written to without waiting for a slow reader. The descriptor's own flags are
/// left alone: other processes share them.
class OutputPort {
 public:
  explicit OutputPort(int fd);

  struct Result {
    std::size_t written = 0;
    int error = 0;  ///< errno of what stopped it for good; 0 when all or as much as there was room for is written
  };
  /// Writes as much of the pieces as is taken at once. Nothing written and no error: poll fd() for POLLOUT.
  Result write(const iovec* pieces, std::size_t count);

  /// The descriptor to poll.
  int fd() const { return own_ ? own_.get() : fd_; }

 private:
  enum class Kind { never_waits, own_description, socket, small_writes };

  int fd_;
  UniqueFd own_;
  Kind kind_ = Kind::never_waits;
};

}  // namespace docker_sandbox::os

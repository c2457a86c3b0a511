// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/os/output_port.hpp"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>

namespace docker_sandbox::os {
namespace {

bool has_room(int fd) {
  pollfd watched{fd, POLLOUT, 0};
  return ::poll(&watched, 1, 0) > 0;
}

}  // namespace

OutputPort::OutputPort(int fd) : fd_(fd) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) {
    return;  // the first write tells
  }
  if (S_ISSOCK(status.st_mode)) {
    kind_ = Kind::socket;
  } else if (S_ISFIFO(status.st_mode) || ::isatty(fd) == 1) {
    // The same pipe or terminal through an open file description of our own, which may be non-blocking.
    own_.reset(::open(("/proc/self/fd/" + std::to_string(fd)).c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
    kind_ = own_ ? Kind::own_description : Kind::small_writes;
  }
}

OutputPort::Result OutputPort::write(const iovec* pieces, std::size_t count) {
  for (;;) {
    ssize_t written = 0;
    const int piece_count = static_cast<int>(std::min<std::size_t>(count, IOV_MAX));
    switch (kind_) {
      case Kind::never_waits:
      case Kind::own_description:
        written = ::writev(fd(), pieces, piece_count);
        break;
      case Kind::socket: {
        msghdr message{};
        message.msg_iov =
            const_cast<iovec*>(pieces);  // NOLINT(cppcoreguidelines-pro-type-const-cast): sendmsg only reads
        message.msg_iovlen = static_cast<std::size_t>(piece_count);
        written = ::sendmsg(fd_, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
        break;
      }
      case Kind::small_writes:
        // Somebody else's pipe: where there is room, PIPE_BUF bytes fit without waiting.
        if (!has_room(fd_)) {
          return {};
        }
        written = ::write(fd_, pieces->iov_base, std::min<std::size_t>(pieces->iov_len, PIPE_BUF));
        break;
    }
    if (written >= 0) {
      return {.written = static_cast<std::size_t>(written)};
    }
    if (errno == EAGAIN) {
      return {};
    }
    if (errno != EINTR) {
      return {.error = errno};
    }
  }
}

}  // namespace docker_sandbox::os

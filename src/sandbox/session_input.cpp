// SPDX-License-Identifier: Apache-2.0
#include "session_input.hpp"

#include "session_buffer.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace docker_sandbox::sandbox {
namespace {

/// Keys come one by one; a paste may be large.
constexpr std::size_t k_terminal_buffer_size = 16 * 1024;

}  // namespace

SessionInput::SessionInput(int fd, Source source, std::string detach_keys)
    : fd_(fd),
      source_(source),
      detach_keys_(std::move(detach_keys)),
      buffer_(source == Source::stream ? k_session_buffer_size : k_terminal_buffer_size),
      ended_(source == Source::nothing || source == Source::nobody),
      end_to_send_(source == Source::nothing) {}

void SessionInput::put_first(std::string_view text) {
  std::copy(text.begin(), text.end(), buffer_.begin());
  next_ = 0;
  size_ = text.size();
}

void SessionInput::read() {
  const ssize_t count = ::read(fd_, buffer_.data(), buffer_.size());
  if (count < 0 && (errno == EINTR || errno == EAGAIN)) {
    return;
  }
  if (count <= 0) {
    end();
    return;
  }
  next_ = 0;
  size_ = static_cast<std::size_t>(count);
  if (source_ == Source::terminal) {
    const std::string passed = detach_keys_.feed({buffer_.data(), size_});
    buffer_.resize(std::max(buffer_.size(), passed.size()));
    put_first(passed);
    ended_ = detach_keys_.found();
  }
}

void SessionInput::end() {
  ended_ = true;
  if (source_ == Source::terminal) {
    // Handing that on would end the session's output too, while the program lives on (moby closes all streams then).
    hung_up_ = true;
  } else {
    end_to_send_ = true;
  }
}

void SessionInput::send_to(int socket) {
  while (next_ < size_) {
    const ssize_t count = ::send(socket, buffer_.data() + next_, size_ - next_, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count >= 0) {
      next_ += static_cast<std::size_t>(count);
    } else if (errno == EAGAIN) {
      return;
    } else if (errno != EINTR) {
      // The program does not read any more; what it still writes counts.
      next_ = size_;
      ended_ = true;
      end_to_send_ = false;
      return;
    }
  }
  if (end_to_send_) {
    ::shutdown(socket, SHUT_WR);
    end_to_send_ = false;
  }
}

}  // namespace docker_sandbox::sandbox

// SPDX-License-Identifier: Apache-2.0
#include "answer_reader.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace docker_sandbox::engine {

using std::chrono::steady_clock;

bool AnswerReader::wait(short events) const {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - steady_clock::now());
    pollfd watched{socket_, events, 0};
    const int ready = ::poll(&watched, 1, std::max(0, static_cast<int>(left.count())));
    if (ready >= 0 || errno != EINTR) {
      return ready > 0;
    }
  }
}

bool AnswerReader::is_readable() const {
  return !held_.empty() || wait(POLLIN);
}

bool AnswerReader::is_writable() const {
  return wait(POLLOUT);
}

ssize_t AnswerReader::fill() {
  for (;;) {
    if (!wait(POLLIN)) {
      fault_ = Fault::too_late;
      return -1;
    }
    const ssize_t count = ::recv(socket_, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (count >= 0) {
      held_ = {buffer_.data(), static_cast<std::size_t>(count)};
      return count;
    }
    if (errno != EINTR && errno != EAGAIN) {
      return -1;
    }
  }
}

bool AnswerReader::allow_line_byte(char byte) {
  if (line_left_ == 0 || (head_left_ && *head_left_ == 0)) {
    fault_ = Fault::too_large;
    return false;
  }
  line_left_ = byte == '\n' ? k_max_line : line_left_ - 1;
  if (head_left_) {
    --*head_left_;
  }
  return true;
}

ssize_t AnswerReader::read(char* to, std::size_t size) {
  if (fault_ != Fault::none) {
    return -1;
  }
  if (!held_.empty() && steady_clock::now() >= deadline_) {
    fault_ = Fault::too_late;
    return -1;
  }
  if (held_.empty()) {
    const ssize_t count = fill();
    if (count <= 0) {
      return count;
    }
  }
  const std::size_t count = std::min(size, held_.size());
  std::copy_n(held_.begin(), count, to);
  held_.remove_prefix(count);
  // httplib reads lines, and only them, one byte at a time.
  if (size == 1 && !allow_line_byte(*to)) {
    return -1;
  }
  return static_cast<ssize_t>(count);
}

ssize_t AnswerReader::write(std::string_view bytes) {
  for (;;) {
    if (!wait(POLLOUT)) {
      fault_ = Fault::too_late;
      return -1;
    }
    const ssize_t count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count >= 0 || (errno != EINTR && errno != EAGAIN)) {
      return count;
    }
  }
}

}  // namespace docker_sandbox::engine

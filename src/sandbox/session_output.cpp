// SPDX-License-Identifier: Apache-2.0
#include "session_output.hpp"

#include "session_buffer.hpp"

#include <limits.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace docker_sandbox::sandbox {

SessionOutput::SessionOutput(int out, int err, bool terminal, std::string token)
    : terminal_(terminal),
      out_(out),
      err_(err),
      demux_([this](engine::OutputStream stream, std::string_view bytes) { add(stream, bytes); }),
      greeting_(std::move(token), terminal),
      buffer_(k_session_buffer_size) {}

void SessionOutput::take(std::string bytes) {
  if (!bytes.empty()) {
    kept_.push_back(std::move(bytes));
    parse(kept_.back());
  }
}

bool SessionOutput::read_from(int socket) {
  const ssize_t count = ::recv(socket, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
  if (count > 0) {
    parse({buffer_.data(), static_cast<std::size_t>(count)});
    return true;
  }
  return count < 0 && (errno == EINTR || errno == EAGAIN);
}

void SessionOutput::parse(std::string_view bytes) {
  if (terminal_) {
    add(engine::OutputStream::out, bytes);
  } else {
    demux_.feed(bytes);
  }
}

void SessionOutput::add(engine::OutputStream stream, std::string_view bytes) {
  if (stream == engine::OutputStream::err && greeting_.greeted()) {
    pieces_.push_back({stream, bytes});
    return;
  }
  // Before the greeting a complaint on stderr is the shell's or the engine's about the start.
  greeting_.feed(bytes, [&](std::string_view passed) {
    const bool in_place = passed.data() >= bytes.data() && passed.data() + passed.size() <= bytes.data() + bytes.size();
    if (!in_place) {
      kept_.emplace_back(passed);
      passed = kept_.back();
    }
    if (terminal_) {
      modes_.feed(passed);
    }
    pieces_.push_back({engine::OutputStream::out, passed});
  });
}

int SessionOutput::waiting_for() const {
  return pieces_[next_].stream == engine::OutputStream::out ? out_.fd() : err_.fd();
}

void SessionOutput::flush() {
  while (pending() && failure_ == 0) {
    const engine::OutputStream stream = pieces_[next_].stream;
    vectors_.clear();
    for (std::size_t i = next_; i < pieces_.size() && pieces_[i].stream == stream && vectors_.size() < IOV_MAX; ++i) {
      // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): writev does not write through the pointer
      vectors_.push_back({const_cast<char*>(pieces_[i].bytes.data()), pieces_[i].bytes.size()});
    }
    os::OutputPort::Result result = port(stream).write(vectors_.data(), vectors_.size());
    failure_ = result.error;
    if (result.written == 0) {
      return;
    }
    while (result.written > 0) {
      std::string_view& bytes = pieces_[next_].bytes;
      const std::size_t count = std::min(bytes.size(), result.written);
      bytes.remove_prefix(count);
      result.written -= count;
      next_ += bytes.empty() ? 1 : 0;
    }
  }
  if (!pending()) {
    pieces_.clear();
    next_ = 0;
    kept_.clear();
  }
}

}  // namespace docker_sandbox::sandbox

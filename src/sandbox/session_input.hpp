// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/sandbox/detach_keys.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace docker_sandbox::sandbox {

/// The way from the caller's stdin to the engine, with one buffer that is sent before more is read: a program that does
/// not read stops us from reading.
class SessionInput {
 public:
  enum class Source {
    stream,    ///< its end is handed on
    terminal,  ///< its end is the end of the terminal
    nothing,   ///< as a stream that is at its end
    nobody,    ///< a terminal on which nobody types
  };

  SessionInput(int fd, Source source, std::string detach_keys);

  int fd() const { return fd_; }
  /// Poll fd() for reading.
  bool wants_to_read() const { return !ended_ && !pending(); }
  /// Poll the connection for writing.
  bool pending() const { return next_ < size_ || end_to_send_; }

  /// Something that precedes all input.
  void put_first(std::string_view text);
  void read();
  void send_to(int socket);

  bool detached() const { return detach_keys_.found(); }
  /// The terminal is not there any more.
  bool hung_up() const { return hung_up_; }

 private:
  void end();

  int fd_;
  Source source_;
  DetachKeys detach_keys_;
  std::vector<char> buffer_;
  std::size_t next_ = 0;
  std::size_t size_ = 0;
  bool ended_ = false;
  bool end_to_send_ = false;
  bool hung_up_ = false;
};

}  // namespace docker_sandbox::sandbox

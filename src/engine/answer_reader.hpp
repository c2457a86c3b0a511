// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

namespace docker_sandbox::engine {

/// Reads one answer for httplib, which itself has no limits: it reads heads and the lines around chunks byte by byte for as
/// long as they come, waits anew after each byte, and matches the first line with a regular expression whose depth on the
/// stack is the line's length.
class AnswerReader {
 public:
  enum class Fault { none, too_late, too_large };

  /// `patience`: how long the whole answer may take.
  AnswerReader(int socket, std::chrono::seconds patience)
      : socket_(socket), deadline_(std::chrono::steady_clock::now() + patience) {}

  /// As recv: the number of bytes, 0 at the end, -1 for a failure.
  ssize_t read(char* to, std::size_t size);
  /// Sends some of the bytes: their number, or -1.
  ssize_t write(std::string_view bytes);

  /// The head is complete: what it may have was counted up to here.
  void end_head() { head_left_.reset(); }

  bool is_readable() const;
  bool is_writable() const;
  int socket() const { return socket_; }

  /// Why a read failed, where the limits are to blame.
  Fault fault() const { return fault_; }

 private:
  bool wait(short events) const;
  ssize_t fill();
  bool allow_line_byte(char byte);

  // A line of the head that is not the first one; httplib itself refuses what is longer.
  static constexpr std::size_t k_max_line = 8 * 1024;
  static constexpr std::size_t k_max_first_line = 1024;
  static constexpr std::size_t k_max_head = 64 * 1024;

  int socket_;
  std::chrono::steady_clock::time_point deadline_;
  std::array<char, 16 * 1024> buffer_{};
  std::string_view held_;  ///< in buffer_
  std::size_t line_left_ = k_max_first_line;
  std::optional<std::size_t> head_left_ = k_max_head;
  Fault fault_ = Fault::none;
};

}  // namespace docker_sandbox::engine

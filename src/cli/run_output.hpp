// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/sandbox/headless.hpp"

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace docker_sandbox::cli {

/// What `logs` shows of a run's output.
struct LogSelection {
  std::optional<std::size_t> tail;                ///< lines
  std::optional<std::chrono::nanoseconds> since;  ///< since the epoch
  bool timestamps = false;
};

/// One line of output, its end included where it has one.
struct LogLine {
  engine::OutputStream stream = engine::OutputStream::out;
  std::chrono::nanoseconds time{};
  std::string text;
};

/// Makes lines of chunks, each with the time at which it began. Pure.
class LineMaker {
 public:
  void add(const sandbox::LogChunk& chunk, std::vector<LogLine>& lines);
  /// The rest that has no end of line.
  void finish(std::vector<LogLine>& lines);

 private:
  LogLine open_[2];
};

/// Both streams in the order of time, then what the selection leaves of them. Pure.
std::vector<LogLine> select_lines(std::vector<LogLine> lines, const LogSelection& selection);

/// The line as it is shown.
std::string shown(const LogLine& line, bool timestamps);

/// --tail's value: a number, or "all". Throws Error{invalid_value}.
std::optional<std::size_t> parse_tail(const std::string& text);

}  // namespace docker_sandbox::cli

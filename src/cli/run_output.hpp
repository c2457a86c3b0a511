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

/// Lines of one stream that have one time, their ends included, which the last one of all may not have. A log of empty lines
/// would take fifty times its size as a text each.
struct LogLines {
  engine::OutputStream stream = engine::OutputStream::out;
  std::chrono::nanoseconds time{};
  std::string text;
};

/// Makes lines of chunks, each with the time at which it began; those that began in one chunk stay together. Pure.
class LineMaker {
 public:
  void add(const sandbox::LogChunk& chunk, std::vector<LogLines>& lines);
  /// The rest that has no end of line.
  void finish(std::vector<LogLines>& lines);

 private:
  LogLines open_[2];
};

/// Both streams in the order of time, then what the selection leaves of them. Pure.
std::vector<LogLines> select_lines(std::vector<LogLines> lines, const LogSelection& selection);

/// The lines as they are shown.
std::string shown(const LogLines& lines, bool timestamps);

/// --tail's value: a number, or "all". Throws Error{invalid_value}.
std::optional<std::size_t> parse_tail(const std::string& text);

}  // namespace docker_sandbox::cli

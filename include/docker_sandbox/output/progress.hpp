// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace docker_sandbox::output {

/// A task of known or unknown length, as a pull reports its layers.
struct TaskProgress {
  std::string id;
  std::string status;
  std::int64_t current = 0;
  std::int64_t total = 0;
};

/// Draws one line per task on a terminal and keeps them up to date in place.
class ProgressBars {
 public:
  explicit ProgressBars(unsigned columns) : columns_(columns) {}

  /// The bytes that bring the terminal up to date.
  std::string update(const TaskProgress& task);
  /// A line of its own below the tasks.
  std::string message(const std::string& text);

 private:
  std::string line(const TaskProgress& task) const;

  unsigned columns_;
  std::map<std::string, unsigned> rows_;  ///< task -> row, counted from the first one
  unsigned row_count_ = 0;
};

/// "12.3MB": a size as docker shows it, in powers of 1000 with four digits at most.
std::string human_size(std::int64_t bytes);

}  // namespace docker_sandbox::output

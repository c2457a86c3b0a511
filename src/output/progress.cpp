// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/output/progress.hpp"

#include "docker_sandbox/base/text.hpp"
#include "unicode.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace docker_sandbox::output {
namespace {

constexpr unsigned k_bar_width = 50;
constexpr unsigned k_narrow = 110;  ///< no bar below this, as docker does

std::string bar(std::int64_t current, std::int64_t total) {
  const auto filled = static_cast<unsigned>(std::clamp<std::int64_t>(current * k_bar_width / total, 0, k_bar_width));
  std::string text(filled, '=');
  if (filled < k_bar_width) {
    text += '>';
  }
  text.resize(k_bar_width, ' ');
  return "[" + text + "]";
}

}  // namespace

std::string human_size(std::int64_t bytes) {
  constexpr std::array k_units{"B", "kB", "MB", "GB", "TB", "PB"};
  constexpr double k_step = 1000.0;
  auto size = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (size >= k_step && unit + 1 < k_units.size()) {
    size /= k_step;
    ++unit;
  }
  return fmt::format("{:.4g}{}", size, k_units.at(unit));
}

std::string ProgressBars::line(const TaskProgress& task) const {
  std::string text = base::printable(task.id) + ": " + base::printable(task.status);
  if (task.total > 0) {
    text += " " + (columns_ >= k_narrow ? bar(task.current, task.total) + " " : std::string()) +
            human_size(task.current) + "/" + human_size(task.total);
  } else if (task.current > 0) {
    text += " " + human_size(task.current);
  }
  // A line that wraps would break the count of rows.
  if (columns_ > 1) {
    text.resize(unicode::first(text, columns_ - 1).size());
  }
  return text;
}

std::string ProgressBars::update(const TaskProgress& task) {
  const auto known = rows_.find(task.id);
  if (known == rows_.end()) {
    rows_[task.id] = row_count_++;
    return line(task) + "\r\n";
  }
  const unsigned up = row_count_ - known->second;
  return fmt::format("\x1b[{0}A\r\x1b[2K{1}\r\x1b[{0}B", up, line(task));
}

std::string ProgressBars::message(const std::string& text) {
  ++row_count_;
  return base::printable(text) + "\r\n";
}

}  // namespace docker_sandbox::output

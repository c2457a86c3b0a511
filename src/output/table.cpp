// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/output/table.hpp"

#include "docker_sandbox/base/text.hpp"

#include <algorithm>

namespace docker_sandbox::output {
namespace {

constexpr std::size_t k_gap = 3;

/// Code points: what docker counts too.
std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

constexpr std::size_t k_narrowest_column = 10;

using Lines = std::vector<std::vector<std::string>>;

/// Writes the lines from `begin` to `end`, whose first widths.size() columns are known, and aligns the next one in each
/// run of lines that has it.
void align(const Lines& lines, std::size_t begin, std::size_t end, std::vector<std::size_t>& widths,
           std::string& result) {
  const std::size_t column = widths.size();
  const auto has_column = [&](std::size_t line) { return column + 1 < lines[line].size(); };
  while (begin < end) {
    if (!has_column(begin)) {
      for (std::size_t cell = 0; cell < lines[begin].size(); ++cell) {
        const std::string& text = lines[begin][cell];
        result += text;
        if (cell < widths.size()) {
          result.append(widths[cell] - width_of(text), ' ');
        }
      }
      result += '\n';
      ++begin;
      continue;
    }
    std::size_t run = begin;
    std::size_t width = k_narrowest_column;
    for (; run < end && has_column(run); ++run) {
      width = std::max(width, width_of(lines[run][column]) + k_gap);
    }
    widths.push_back(width);
    align(lines, begin, run, widths, result);
    widths.pop_back();
    begin = run;
  }
}

}  // namespace

std::string align_columns(std::string_view text) {
  Lines lines;
  for (const std::string& line : base::split(text, '\n')) {
    lines.push_back(base::split(line, '\t'));
  }
  const bool ends_with_newline = !text.empty() && text.back() == '\n';
  if (ends_with_newline) {
    lines.pop_back();
  }
  std::string result;
  std::vector<std::size_t> widths;
  align(lines, 0, lines.size(), widths, result);
  return result;
}

std::string render_table(std::vector<std::vector<std::string>> cells) {
  std::vector<std::size_t> widths;
  for (std::vector<std::string>& row : cells) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t column = 0; column < row.size(); ++column) {
      row[column] = base::printable(row[column]);
      widths[column] = std::max(widths[column], width_of(row[column]));
    }
  }
  std::string text;
  for (const std::vector<std::string>& row : cells) {
    for (std::size_t column = 0; column < row.size(); ++column) {
      text += row[column];
      if (column + 1 < row.size()) {
        text.append(widths[column] - width_of(row[column]) + k_gap, ' ');
      }
    }
    text += '\n';
  }
  return text;
}

}  // namespace docker_sandbox::output

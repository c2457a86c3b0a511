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

bool has_column(const std::vector<std::string>& line, std::size_t column) {
  return column + 1 < line.size();
}

/// For each line, how wide its columns are: a column is aligned in each run of lines that have it.
std::vector<std::vector<std::size_t>> widths_of(const Lines& lines) {
  std::vector<std::vector<std::size_t>> widths(lines.size());
  for (std::size_t line = 0; line < lines.size(); ++line) {
    for (std::size_t column = 0; has_column(lines[line], column); ++column) {
      if (line > 0 && has_column(lines[line - 1], column)) {
        widths[line].push_back(widths[line - 1][column]);
        continue;
      }
      std::size_t width = k_narrowest_column;
      for (std::size_t run = line; run < lines.size() && has_column(lines[run], column); ++run) {
        width = std::max(width, width_of(lines[run][column]) + k_gap);
      }
      widths[line].push_back(width);
    }
  }
  return widths;
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
  const std::vector<std::vector<std::size_t>> widths = widths_of(lines);
  std::string result;
  for (std::size_t line = 0; line < lines.size(); ++line) {
    for (std::size_t column = 0; column < lines[line].size(); ++column) {
      const std::string& cell = lines[line][column];
      result += cell;
      if (has_column(lines[line], column)) {
        result.append(widths[line][column] - width_of(cell), ' ');
      }
    }
    result += '\n';
  }
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

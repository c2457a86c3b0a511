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

}  // namespace

std::string render_table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::vector<std::string>> cells = rows;
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

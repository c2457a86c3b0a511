// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace docker_sandbox::output {

/// Rows as docker prints them: cells left-aligned, three spaces between the columns, none at the ends of lines. Control
/// characters in cells become visible escapes.
std::string render_table(std::vector<std::vector<std::string>> cells);

/// Tabs become columns as docker's tables have them: at least 10 wide, three spaces between a column's widest text and
/// the next. What stands behind a line's last tab belongs to no column. A column is aligned over the lines next to each
/// other that have it.
std::string align_columns(std::string_view text);

}  // namespace docker_sandbox::output

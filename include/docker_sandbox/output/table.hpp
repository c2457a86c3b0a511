// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace docker_sandbox::output {

/// Rows as docker prints them: cells left-aligned, three spaces between the columns, none at the ends of lines. Control
/// characters in cells become visible escapes.
std::string render_table(const std::vector<std::vector<std::string>>& rows);

}  // namespace docker_sandbox::output

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace docker_sandbox::cli {

/// How many letters have to be added, left out, replaced, or swapped with their neighbour to make one word of the other.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The one of the known words that was most likely meant, or "" when none is close.
std::string closest(const std::string& word, const std::vector<std::string>& known);

}  // namespace docker_sandbox::cli

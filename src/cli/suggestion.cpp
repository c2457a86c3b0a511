// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/cli/suggestion.hpp"

#include <algorithm>

namespace docker_sandbox::cli {
namespace {

constexpr std::size_t k_farthest = 2;
/// A longer word is no slip of the finger, and the distance is quadratic.
constexpr std::size_t k_longest = 64;
/// What begins like one word only was perhaps meant for it, if it is not a mere letter.
constexpr std::size_t k_shortest_prefix = 3;

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> distance(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        distance[i][j] = i + j;
        continue;
      }
      const std::size_t replaced = distance[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      distance[i][j] = std::min({distance[i - 1][j] + 1, distance[i][j - 1] + 1, replaced});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        distance[i][j] = std::min(distance[i][j], distance[i - 2][j - 2] + 1);
      }
    }
  }
  return distance[a.size()][b.size()];
}

std::string closest(const std::string& word, const std::vector<std::string>& known) {
  if (word.size() > k_longest) {
    return {};
  }
  std::string best;
  std::size_t best_distance = k_farthest + 1;
  for (const std::string& candidate : known) {
    const bool begun = word.size() >= k_shortest_prefix && candidate.compare(0, word.size(), word) == 0;
    const std::size_t distance = begun ? 1 : edit_distance(word, candidate);
    // Two slips in a word of three letters make any other word.
    if (distance < best_distance && distance * 2 <= std::min(word.size(), candidate.size())) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

}  // namespace docker_sandbox::cli

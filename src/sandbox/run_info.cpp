// SPDX-License-Identifier: Apache-2.0
#include "run_info.hpp"

#include "docker_sandbox/base/exit_status.hpp"
#include "docker_sandbox/base/number.hpp"
#include "docker_sandbox/base/text.hpp"

#include <algorithm>
#include <cmath>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <vector>

namespace docker_sandbox::sandbox {
namespace {

// Together they are less than 64 bits of nanoseconds, which are 292 years.
constexpr double k_latest_begin = 8e9;    ///< seconds since the epoch: 2223
constexpr double k_longest_uptime = 1e9;  ///< seconds: 31 years

double number_in(const std::string& text, double most) {
  const double number = std::strtod(text.c_str(), nullptr);
  return std::isnan(number) ? 0 : std::clamp(number, 0.0, most);
}

std::chrono::milliseconds milliseconds(double seconds) {
  return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
}

}  // namespace

void RunInfo::take(std::string_view line) {
  const std::vector<std::string> words = base::split(line, ' ');
  if (words.size() >= 2 && words[0] == "token") {
    token = words[1];
  } else if (words.size() >= 3 && words[0] == "begun") {
    begun = std::chrono::milliseconds(static_cast<std::int64_t>(number_in(words[1], k_latest_begin * 1000)));
    begun_uptime = number_in(words[2], k_longest_uptime);
  }
}

std::chrono::nanoseconds RunInfo::time_of(std::string_view uptime) const {
  if (uptime.empty()) {
    return begun;
  }
  const double seconds = number_in(std::string(uptime), k_longest_uptime) - begun_uptime;
  return std::max(std::chrono::nanoseconds{}, begun + milliseconds(seconds));
}

HeadlessState parse_run_state(std::string_view text) {
  constexpr int k_highest_exit_code = 255;
  const std::vector<std::string> words = base::split(base::trim(text), ' ');
  if (words[0] == "running") {
    return {};
  }
  if (words[0] == "ended" && words.size() >= 2) {
    const std::optional<int> code = base::parse_number<int>(words[1]);
    if (code && *code >= 0 && *code <= k_highest_exit_code) {
      return {.kind = HeadlessState::Kind::ended,
              .exit_code = *code,
              .out_of_memory = words.size() >= 4 && words[3] == "memory"};
    }
  }
  return {.kind = HeadlessState::Kind::cut_off, .exit_code = base::signal_status(SIGKILL)};
}

}  // namespace docker_sandbox::sandbox

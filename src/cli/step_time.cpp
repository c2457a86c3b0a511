// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/cli/step_time.hpp"

namespace docker_sandbox::cli {

namespace {

constexpr std::chrono::seconds k_slow_creation{10};

}  // namespace

std::string step_time(std::chrono::milliseconds took) {
  constexpr std::int64_t k_tenths = 10;
  // Rounded first: 59.96 s is a minute.
  const std::int64_t tenths = (took.count() + 50) / 100;
  constexpr std::int64_t k_minute = 60;
  const std::int64_t seconds = tenths / k_tenths;
  if (seconds < k_minute) {
    return std::to_string(seconds) + "." + std::to_string(tenths % k_tenths) + " s";
  }
  return std::to_string(seconds / k_minute) + " min " + std::to_string(seconds % k_minute) + " s";
}

std::string slow_creation_line(const std::string& name, std::chrono::milliseconds took) {
  return took < k_slow_creation ? "" : "Made the sandbox " + name + " in " + step_time(took) + ".";
}

}  // namespace docker_sandbox::cli

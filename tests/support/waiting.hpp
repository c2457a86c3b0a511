// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <thread>

namespace docker_sandbox::support {

/// Longer than anything takes on a loaded machine that is no hang.
inline constexpr std::chrono::seconds k_patience{60};

/// When to give up waiting for something that is to come now.
inline std::chrono::steady_clock::time_point deadline() {
  return std::chrono::steady_clock::now() + k_patience;
}

/// Whether the condition comes to hold until then; it is looked at again and again.
template <typename Condition>
bool comes_true(Condition condition) {
  const auto end = deadline();
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) {
      return false;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

}  // namespace docker_sandbox::support

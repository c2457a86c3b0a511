// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <thread>

namespace docker_sandbox::sandbox {

/// The pauses between two looks at what somebody else does: short at first, each twice as long as the one before, up to a longest.
class GrowingPause {
 public:
  GrowingPause(std::chrono::milliseconds first, std::chrono::milliseconds longest)
      : first_(first), longest_(longest), next_(first) {}

  void take() {
    std::this_thread::sleep_for(next_);
    next_ = std::min(next_ * 2, longest_);
  }

  void begin_again() { next_ = first_; }

 private:
  std::chrono::milliseconds first_;
  std::chrono::milliseconds longest_;
  std::chrono::milliseconds next_;
};

}  // namespace docker_sandbox::sandbox

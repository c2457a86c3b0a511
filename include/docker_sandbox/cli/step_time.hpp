// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

namespace docker_sandbox::cli {

/// A user who has waited this long for a sandbox is told how long it was; a quicker one is not worth a line.
inline constexpr std::chrono::seconds k_slow_creation{10};

/// How long a step took, as a person reads it: "0.4 s", "12.3 s", "2 min 5 s".
std::string step_time(std::chrono::milliseconds took);

}  // namespace docker_sandbox::cli

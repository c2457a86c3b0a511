// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

namespace docker_sandbox::cli {

/// How long a step took, as a person reads it: "0.4 s", "12.3 s", "2 min 5 s".
std::string step_time(std::chrono::milliseconds took);

/// What a user who has waited long for a new sandbox is told, or "" when it came so quickly that it is not worth a line.
std::string slow_creation_line(const std::string& name, std::chrono::milliseconds took);

}  // namespace docker_sandbox::cli

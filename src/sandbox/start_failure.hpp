// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/engine/types.hpp"

#include <algorithm>
#include <string_view>

/// A program that an engine cannot start is reported as output of that program, on stdout (moby writes the runtime's
/// message into the stream after it has answered 101). These tell such a message from real output.
namespace docker_sandbox::sandbox {

/// How moby's message begins.
inline constexpr std::string_view k_start_failure_prefix = "OCI runtime exec failed";
/// No such message is longer; more output than this is a program's.
inline constexpr std::size_t k_max_start_failure = 8192;

/// Whether the first output of a session may still turn out to be such a message.
inline bool could_be_start_failure(std::string_view output) {
  const std::size_t compared = std::min(output.size(), k_start_failure_prefix.size());
  return output.size() <= k_max_start_failure &&
         output.substr(0, compared) == k_start_failure_prefix.substr(0, compared);
}

/// Whether it was one: the process never had a number, and the code is one that only start failures have then.
inline bool is_start_failure(const engine::ExecDetails& details, std::string_view output) {
  return details.pid == 0 && (details.exit_code == 126 || details.exit_code == 127) &&
         output.substr(0, k_start_failure_prefix.size()) == k_start_failure_prefix;
}

}  // namespace docker_sandbox::sandbox

// SPDX-License-Identifier: Apache-2.0
#pragma once

/// How a program ended, in the one number that shells and docker tell it with.
namespace docker_sandbox::base {

inline constexpr int k_status_not_executable = 126;
inline constexpr int k_status_not_found = 127;

/// Of a program that this signal has ended.
constexpr int signal_status(int signal) {
  return 128 + signal;
}

}  // namespace docker_sandbox::base

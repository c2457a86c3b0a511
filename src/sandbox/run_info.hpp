// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/sandbox/headless.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace docker_sandbox::sandbox {

/// What the lines in front of a run's output say. They are the agent's to write: a time that no clock shows becomes the nearest
/// that can be reckoned with, and a word that is no number becomes 0.
struct RunInfo {
  std::string token;
  std::chrono::nanoseconds begun{};  ///< since the epoch; not negative
  double begun_uptime = 0;           ///< the same moment, in seconds since the kernel's start

  void take(std::string_view line);

  /// The moment of an uptime, since the epoch and not negative; the run's begin for an empty one.
  std::chrono::nanoseconds time_of(std::string_view uptime) const;
};

/// "running", "ended CODE UPTIME" with " memory" behind it or not, or any other word for a run whose processes are gone. What
/// no program ends with is no end: a file that was cut off while it was written, or the agent's own.
HeadlessState parse_run_state(std::string_view text);

}  // namespace docker_sandbox::sandbox

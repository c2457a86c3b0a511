// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

namespace docker_sandbox::sandbox {

/// What is known of the process that makes an unfinished sandbox.
enum class CreatorState {
  alive,
  gone,
  unknown,  ///< on another machine, in another PID namespace, or before a reboot of an unknown one
};

/// Names this process so that another one on the same machine can tell whether it still lives: boot, PID namespace,
/// process number and its start time (a number alone is used again).
std::string this_creator();

/// Of a name that this_creator() gave, whatever follows it behind another "/".
CreatorState look_up_creator(const std::string& creator);

/// Whether that creator may still be at work on what it began so long ago.
bool may_be_at_work(CreatorState creator, std::chrono::nanoseconds age);

}  // namespace docker_sandbox::sandbox

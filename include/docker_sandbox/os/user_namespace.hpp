// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace docker_sandbox::os {

/// The first line of this process's /proc/self/uid_map with single blanks, "0 0 4294967295" outside of any user
/// namespace. Two processes whose lines differ mean different users by one number. Empty where the kernel has none.
std::string own_uid_map();

}  // namespace docker_sandbox::os

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/docker_config/config_file.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace docker_sandbox::support {

/// How a process of the program ended.
struct ChildResult {
  int status = 0;
  int signal = 0;         ///< that ended it, if one did
  bool was_late = false;  ///< it was killed because it did not end
  std::string out;        ///< the first few megabytes
  std::string err;
  std::size_t peak_memory = 0;  ///< in bytes, as the kernel has counted it; 0 when no more than this process has had
};

/// The built program as a process of its own: what it does to itself is seen from outside. Its standard input is empty.
ChildResult call_child(const std::vector<std::string>& words, const docker_config::Environment& environment);

}  // namespace docker_sandbox::support

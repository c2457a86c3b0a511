// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/os/user_namespace.hpp"

#include <fstream>

namespace docker_sandbox::os {

std::string own_uid_map() {
  std::ifstream file("/proc/self/uid_map");
  std::string inside;
  std::string outside;
  std::string count;
  if (!(file >> inside >> outside >> count)) {
    return {};
  }
  return inside + " " + outside + " " + count;
}

}  // namespace docker_sandbox::os

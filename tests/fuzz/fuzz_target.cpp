// SPDX-License-Identifier: Apache-2.0
#include "fuzz_target.hpp"

#include "docker_sandbox/base/error.hpp"

namespace docker_sandbox::fuzz {

std::vector<Target>& targets() {
  static std::vector<Target> all;
  return all;
}

void feed(const Target& target, std::string_view bytes) {
  try {
    target.body(bytes);
  } catch (const base::Error& error) {
    require(*error.what() != '\0', "an error has a sentence");
  }
}

}  // namespace docker_sandbox::fuzz

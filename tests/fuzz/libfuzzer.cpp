// SPDX-License-Identifier: Apache-2.0
// libFuzzer's side: one program for all targets, since each link costs seconds. $SANDBOX_FUZZ_TARGET names the one that is
// fed; without it the names are listed.
#include "fuzz_target.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace {

const docker_sandbox::fuzz::Target* chosen = nullptr;

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/) {
  const char* name = std::getenv("SANDBOX_FUZZ_TARGET");
  for (const docker_sandbox::fuzz::Target& target : docker_sandbox::fuzz::targets()) {
    if (name == nullptr) {
      std::puts(target.name);
    } else if (std::string(name) == target.name) {
      chosen = &target;
    }
  }
  if (name == nullptr) {
    std::exit(0);
  }
  docker_sandbox::fuzz::require(chosen != nullptr, "$SANDBOX_FUZZ_TARGET names a target");
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  docker_sandbox::fuzz::feed(*chosen, {reinterpret_cast<const char*>(data), size});
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/base/error.hpp"

#include <optional>

namespace docker_sandbox::support {

/// The Error that the act throws; nothing when it succeeds. Anything else that it throws goes on, and fails the test.
template <typename Act>
std::optional<base::Error> error_of(Act act) {
  try {
    act();
    return std::nullopt;
  } catch (const base::Error& error) {
    return error;
  }
}

}  // namespace docker_sandbox::support

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/base/error.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <system_error>

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

/// That Error's sentence; "" when the act succeeds. Where `kind` is given, one of another kind fails the test.
template <typename Act>
std::string message_of(Act act, std::optional<base::ErrorKind> kind = std::nullopt) {
  const std::optional<base::Error> error = error_of(act);
  if (error && kind) {
    EXPECT_EQ(error->kind(), *kind) << error->what();
  }
  return error ? error->what() : std::string();
}

/// The errno of the std::system_error that the act throws; 0 when it succeeds.
template <typename Act>
int errno_of(Act act) {
  try {
    act();
    return 0;
  } catch (const std::system_error& error) {
    return error.code().value();
  }
}

}  // namespace docker_sandbox::support

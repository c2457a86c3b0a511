// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/base/error.hpp"

#include <cstring>
#include <utility>

namespace docker_sandbox::base {

Error::Error(ErrorKind kind, const std::string& sentence, std::string hint)
    : std::runtime_error(sentence), kind_(kind), hint_(std::move(hint)) {}

Error system_error(const std::string& doing, int error_number, ErrorKind kind) {
  return Error(kind, doing + ": " + std::strerror(error_number));
}

}  // namespace docker_sandbox::base

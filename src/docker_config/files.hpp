// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

/// Reading files of the docker CLI's configuration directory.
namespace docker_sandbox::docker_config {

/// A file of more bytes is no configuration.
inline constexpr std::size_t k_max_file = 1024U * 1024;

/// The value of an environment variable, empty when it is not set.
template <typename Map>
std::string variable_or_empty(const Map& environment, const std::string& name) {
  const auto found = environment.find(name);
  return found == environment.end() ? std::string() : found->second;
}

}  // namespace docker_sandbox::docker_config

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

/// Reading files of the docker CLI's configuration directory.
namespace docker_sandbox::docker_config {

/// The file's bytes, or nothing with *error_number set. Files beyond a megabyte are no configuration (EFBIG).
std::optional<std::string> read_file(const std::string& path, int* error_number);

/// The value of an environment variable, empty when it is not set.
template <typename Map>
std::string variable_or_empty(const Map& environment, const std::string& name) {
  const auto found = environment.find(name);
  return found == environment.end() ? std::string() : found->second;
}

}  // namespace docker_sandbox::docker_config

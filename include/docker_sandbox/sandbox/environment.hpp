// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

namespace docker_sandbox::sandbox {

/// A variable for the processes in a sandbox.
struct Variable {
  std::string name;
  std::string value;
  auto operator<=>(const Variable&) const = default;
};

/// The variables of --env-file and then --env, in docker run's grammar: KEY=VALUE, or KEY alone to copy the caller's
/// (not set there: not set). A later one replaces an earlier one of the same name. Throws Error{invalid_value}.
std::vector<Variable> parse_variables(const std::vector<std::string>& env_files, const std::vector<std::string>& given,
                                      const std::map<std::string, std::string>& caller);

}  // namespace docker_sandbox::sandbox

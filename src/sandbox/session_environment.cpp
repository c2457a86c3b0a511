// SPDX-License-Identifier: Apache-2.0
#include "session_environment.hpp"

#include <algorithm>

namespace docker_sandbox::sandbox {
namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::string_view name_of(std::string_view variable) {
  return variable.substr(0, variable.find('='));
}

}  // namespace

bool is_shell_name(std::string_view name) {
  return !name.empty() && is_letter(name.front()) &&
         std::all_of(name.begin(), name.end(), [](char c) { return is_letter(c) || is_digit(c); });
}

LeaderEnvironment leader_environment(engine::EngineClient& engine, const SessionRequest& request) {
  LeaderEnvironment environment;
  std::vector<std::string> odd;
  const bool container_has_odd = !std::all_of(request.container_variables.begin(), request.container_variables.end(),
                                              [](const std::string& name) { return is_shell_name(name); });
  if (container_has_odd) {
    const engine::ContainerDetails container = engine.inspect_container(request.container_id);
    for (const std::string& variable : container.env) {
      if (!is_shell_name(name_of(variable))) {
        odd.push_back(variable);
      }
    }
  }
  for (const std::string& variable : request.env) {
    (is_shell_name(name_of(variable)) ? environment.variables : odd).push_back(variable);
  }
  environment.odd_count = odd.size();
  for (std::size_t i = 0; i < odd.size(); ++i) {
    environment.variables.push_back("DOCKER_SANDBOX_VARIABLE_" + std::to_string(i + 1) + "=" + odd[i]);
  }
  return environment;
}

}  // namespace docker_sandbox::sandbox

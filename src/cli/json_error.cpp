// SPDX-License-Identifier: Apache-2.0
#include "json_error.hpp"

#include "docker_sandbox/output/template_value.hpp"

namespace docker_sandbox::cli {

std::string render_json_error(std::string_view kind, const std::string& message, const std::string& hint) {
  output::TemplateMap error;
  error.entries = {{"kind", output::TemplateValue(std::string(kind))},
                   {"message", output::TemplateValue(message)},
                   {"hint", output::TemplateValue(hint)}};
  output::TemplateMap object;
  object.entries = {{"error", output::TemplateValue(std::move(error))}};
  return output::to_json(output::TemplateValue(std::move(object))) + "\n";
}

std::string_view name_of(base::ErrorKind kind) {
  using base::ErrorKind;
  switch (kind) {
    case ErrorKind::usage_flag:
      return "usage_flag";
    case ErrorKind::usage_arguments:
      return "usage_arguments";
    case ErrorKind::invalid_value:
      return "invalid_value";
    case ErrorKind::bad_config:
      return "bad_config";
    case ErrorKind::engine_unreachable:
      return "engine_unreachable";
    case ErrorKind::engine_protocol:
      return "engine_protocol";
    case ErrorKind::engine_timeout:
      return "engine_timeout";
    case ErrorKind::engine_bad_request:
      return "engine_bad_request";
    case ErrorKind::engine_not_found:
      return "engine_not_found";
    case ErrorKind::engine_conflict:
      return "engine_conflict";
    case ErrorKind::engine_failure:
      return "engine_failure";
    case ErrorKind::not_found:
      return "not_found";
    case ErrorKind::agent_not_found:
      return "agent_not_found";
    case ErrorKind::agent_not_executable:
      return "agent_not_executable";
    case ErrorKind::interrupted:
      return "interrupted";
    case ErrorKind::terminated:
      return "terminated";
    case ErrorKind::io:
      return "io";
  }
  return "io";
}

bool asks_for_json(const std::vector<std::string>& words, char shorthand) {
  const std::string letter = shorthand == 0 ? std::string() : std::string("-") + shorthand;
  for (std::size_t i = 0; i < words.size() && words[i] != "--"; ++i) {
    const std::string& word = words[i];
    const bool apart =
        (word == "--format" || (shorthand != 0 && word == letter)) && i + 1 < words.size() && words[i + 1] == "json";
    const bool attached =
        word == "--format=json" || (shorthand != 0 && (word == letter + "json" || word == letter + "=json"));
    if (apart || attached) {
      return true;
    }
  }
  return false;
}

}  // namespace docker_sandbox::cli

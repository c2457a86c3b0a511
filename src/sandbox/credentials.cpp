// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/sandbox/credentials.hpp"

#include "docker_sandbox/base/text.hpp"
#include "docker_sandbox/os/file.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <filesystem>

namespace docker_sandbox::sandbox {
namespace {

using nlohmann::json;

/// More than that is no configuration of an agent.
constexpr std::size_t k_max_configuration = 16U * 1024 * 1024;

}  // namespace

std::string state_name(const std::string& workspace) {
  constexpr std::size_t k_digits = 24;
  return base::sha256_hex(workspace).substr(0, k_digits);
}

std::string claude_seed(const SandboxSpec& spec) {
  json seed{{"hasCompletedOnboarding", true},
            {"projects", {{spec.workspace.path, {{"hasTrustDialogAccepted", true}}}}}};
  if (const std::string tail = api_key_tail(spec.variables); !tail.empty()) {
    seed["customApiKeyResponses"] = {{"approved", {tail}}, {"rejected", json::array()}};
  }
  return seed.dump(2, ' ', false, json::error_handler_t::replace);
}

std::string api_key_tail(const std::vector<Variable>& variables) {
  constexpr std::size_t k_noted = 20;
  for (const Variable& variable : variables) {
    if (variable.name != "ANTHROPIC_API_KEY") {
      continue;
    }
    const std::string tail = variable.value.substr(variable.value.size() - std::min(k_noted, variable.value.size()));
    const auto is_plain = [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '_'; };
    return std::all_of(tail.begin(), tail.end(), is_plain) ? tail : std::string();
  }
  return {};
}

bool has_conflicting_api_key(const std::string& workspace) {
  const os::FileContent file = os::read_regular_file(workspace + "/.claude.json", k_max_configuration);
  // Of all that the workspace has there this one member is kept, if it is no object or array: the rest, values within values
  // without end for one, would take many times the file's size.
  bool is_key = false;
  const auto keep = [&is_key](int depth, json::parse_event_t event, const json& value) {
    if (event == json::parse_event_t::key) {
      is_key = depth == 1 && value == "primaryApiKey";
    }
    return depth == 0 || (is_key && (event == json::parse_event_t::key || event == json::parse_event_t::value));
  };
  const json content = json::parse(file.bytes, keep, /*allow_exceptions=*/false);
  if (!content.is_object()) {
    return false;
  }
  const auto key = content.find("primaryApiKey");
  return key != content.end() && !key->is_null() && *key != "";
}

}  // namespace docker_sandbox::sandbox

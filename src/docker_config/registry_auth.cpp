// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/docker_config/registry_auth.hpp"

#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/base/text.hpp"
#include "docker_sandbox/os/process.hpp"
#include "files.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <optional>

namespace docker_sandbox::docker_config {
namespace {

using nlohmann::json;

constexpr const char* k_docker_hub = "https://index.docker.io/v1/";
constexpr const char* k_no_such_login = "credentials not found in native keychain";
constexpr const char* k_token_user = "<token>";
constexpr const char* k_secret_field = "Secret";
constexpr std::size_t k_longest_reason = 1000;

/// The name of the host in a key of "auths", which may be a URL.
std::string host_name(const std::string& key) {
  std::string name = key;
  for (const char* scheme : {"https://", "http://"}) {
    if (name.rfind(scheme, 0) == 0) {
      name.erase(0, std::string(scheme).size());
    }
  }
  return name.substr(0, name.find('/'));
}

/// user:password out of the stored base64.
void decode_auth(AuthEntry& entry) {
  if (entry.auth.empty()) {
    return;
  }
  const std::optional<std::string> plain = base::base64_decode(entry.auth);
  const std::size_t colon = plain ? plain->find(':') : std::string::npos;
  if (colon == std::string::npos) {
    return;
  }
  entry.username = plain->substr(0, colon);
  entry.password = plain->substr(colon + 1);
  entry.password.erase(
      std::find_if(entry.password.rbegin(), entry.password.rend(), [](char c) { return c != '\0'; }).base(),
      entry.password.end());
}

std::optional<AuthEntry> entry_for(const std::map<std::string, AuthEntry>& auths, const std::string& key) {
  auto found = auths.find(key);
  if (found == auths.end()) {
    found = std::find_if(auths.begin(), auths.end(),
                         [&](const auto& auth) { return host_name(auth.first) == host_name(key); });
  }
  if (found == auths.end()) {
    return std::nullopt;
  }
  AuthEntry entry = found->second;
  decode_auth(entry);
  return entry;
}

/// $DOCKER_AUTH_CONFIG: {"auths": {host: {"auth": base64}}}.
std::optional<AuthEntry> entry_of_environment(const Environment& environment, const std::string& key,
                                              std::string* warning) {
  const std::string text = variable_or_empty(environment, "DOCKER_AUTH_CONFIG");
  if (text.empty()) {
    return std::nullopt;
  }
  const json object = json::parse(text, nullptr, false);
  const auto entries = object.find("auths");
  if (entries == object.end() || !entries->is_object()) {
    *warning = "DOCKER_AUTH_CONFIG is not valid JSON with \"auths\"; going on without it";
    return std::nullopt;
  }
  std::map<std::string, AuthEntry> auths;
  for (const auto& [host, entry] : entries->items()) {
    if (entry.is_object() && entry.contains("auth") && entry["auth"].is_string()) {
      auths[host].auth = entry["auth"].get<std::string>();
    }
  }
  return entry_for(auths, key);
}

/// What a helper that failed says, or what can be said of it.
std::string reason_of_failure(const os::ProcessResult& result, std::chrono::milliseconds patience) {
  if (result.timed_out) {
    return "it did not end within " + std::to_string(patience.count() / 1000) + " s";
  }
  if (result.flooded) {
    return "it wrote more than " + std::to_string(os::k_most_output >> 20) + " MiB";
  }
  for (const std::string_view words : {base::trim(result.out), base::trim(result.err)}) {
    // One that fails behind its answer has written the login.
    if (!words.empty() && words.find(k_secret_field) == std::string_view::npos) {
      return base::printable(words.substr(0, k_longest_reason));
    }
  }
  return result.signal != 0 ? "signal " + std::to_string(result.signal) + " ended it"
                            : "it ended with status " + std::to_string(result.status);
}

std::optional<AuthEntry> ask_helper(const std::string& helper, const std::string& key, const Environment& environment,
                                    std::string* warning, std::chrono::milliseconds patience) {
  const std::string program = "docker-credential-" + helper;
  const os::ProcessResult result = os::run_process({program, "get"}, key, patience, &environment);
  if (result.status != 0) {
    if (result.timed_out || result.flooded || base::trim(result.out) != k_no_such_login) {
      const std::string why = reason_of_failure(result, patience);
      *warning = "error getting credentials from " + base::printable(program) + ": " + why +
                 "; going on without a login for " + base::printable(key);
    }
    return std::nullopt;
  }
  const json answer = json::parse(result.out, nullptr, false);
  const auto text = [&](const char* name) {
    return answer.is_object() && answer.contains(name) && answer[name].is_string() ? answer[name].get<std::string>()
                                                                                   : "";
  };
  AuthEntry entry;
  entry.username = text("Username");
  entry.password = text(k_secret_field);
  if (entry.username.empty() && entry.password.empty()) {
    *warning = "error getting credentials from " + base::printable(program) +
               ": it answered no login; going on without one for " + base::printable(key);
    return std::nullopt;
  }
  if (entry.username == k_token_user) {
    entry.identity_token = std::exchange(entry.password, {});
    entry.username.clear();
  }
  return entry;
}

std::optional<AuthEntry> find_login(const std::string& key, const ConfigFile& config, const Environment& environment,
                                    std::string* warning, std::chrono::milliseconds patience) {
  if (auto entry = entry_of_environment(environment, key, warning)) {
    return entry;
  }
  const auto helper = config.credential_helpers.find(key);
  if (helper != config.credential_helpers.end() && !helper->second.empty()) {
    return ask_helper(helper->second, key, environment, warning, patience);
  }
  if (!config.credentials_store.empty()) {
    return ask_helper(config.credentials_store, key, environment, warning, patience);
  }
  return entry_for(config.auths, key);
}

}  // namespace

std::string registry_key(const std::string& image_reference) {
  const std::size_t slash = image_reference.find('/');
  std::string first = image_reference.substr(0, slash);
  const bool is_registry = slash != std::string::npos && (first.find_first_of(".:") != std::string::npos ||
                                                          first == "localhost" || base::to_lower(first) != first);
  if (!is_registry || first == "docker.io" || first == "index.docker.io") {
    return k_docker_hub;
  }
  return first;
}

std::string registry_auth_header(const std::string& image_reference, const ConfigFile& config,
                                 const Environment& environment, std::string* warning,
                                 std::chrono::milliseconds patience) {
  const std::string key = registry_key(image_reference);
  json header = json::object();
  if (const auto login = find_login(key, config, environment, warning, patience)) {
    if (!login->identity_token.empty()) {
      header["identitytoken"] = login->identity_token;
    } else if (!login->registry_token.empty()) {
      header["registrytoken"] = login->registry_token;
    } else if (!login->username.empty() || !login->password.empty()) {
      header["username"] = login->username;
      header["password"] = login->password;
    }
    if (!header.empty()) {
      header["serveraddress"] = key;
    }
  }
  return base::base64url_encode(header.dump(-1, ' ', false, json::error_handler_t::replace));
}

}  // namespace docker_sandbox::docker_config

// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/docker_config/config_file.hpp"

#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/base/text.hpp"
#include "docker_sandbox/os/file.hpp"
#include "docker_sandbox/os/name_service.hpp"
#include "files.hpp"

#include <nlohmann/json.hpp>

#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace docker_sandbox::docker_config {
namespace {

using nlohmann::json;

/// The member's entries; none where it is missing or null. Never a copy of them: a copy of values that are nested deeply
/// enough needs more stack than there is.
const json::object_t& entries_of(const json& object, const char* key) {
  static const json::object_t k_none;
  const auto found = object.find(key);
  return found == object.end() || found->is_null() ? k_none : found->get_ref<const json::object_t&>();
}

/// Go's decoder takes null as "not set" and refuses any other type than the field's.
std::string text_of(const json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() || found->is_null() ? std::string() : found->get<std::string>();
}

std::map<std::string, std::string> texts_of(const json& object, const char* key) {
  std::map<std::string, std::string> texts;
  for (const auto& [name, value] : entries_of(object, key)) {
    texts[name] = value.is_null() ? std::string() : value.get<std::string>();
  }
  return texts;
}

/// The object itself; an empty one for null. Throws for what is neither, in which nothing would be found.
const json& as_object(const json& value) {
  static const json k_nothing = json::object();
  if (value.is_null()) {
    return k_nothing;
  }
  static_cast<void>(value.get_ref<const json::object_t&>());
  return value;
}

template <typename Read>
auto objects_of(const json& object, const char* key, const Read& read) {
  std::map<std::string, decltype(read(object))> values;
  for (const auto& [name, value] : entries_of(object, key)) {
    values[name] = read(as_object(value));
  }
  return values;
}

AuthEntry auth_entry(const json& object) {
  return {.auth = text_of(object, "auth"),
          .username = text_of(object, "username"),
          .password = text_of(object, "password"),
          .identity_token = text_of(object, "identitytoken"),
          .registry_token = text_of(object, "registrytoken")};
}

ProxySettings proxy_settings(const json& object) {
  return {.http_proxy = text_of(object, "httpProxy"),
          .https_proxy = text_of(object, "httpsProxy"),
          .no_proxy = text_of(object, "noProxy"),
          .ftp_proxy = text_of(object, "ftpProxy"),
          .all_proxy = text_of(object, "allProxy")};
}

void read_into(ConfigFile& config, const json& object) {
  config.current_context = text_of(object, "currentContext");
  config.detach_keys = text_of(object, "detachKeys");
  config.credentials_store = text_of(object, "credsStore");
  config.credential_helpers = texts_of(object, "credHelpers");
  config.http_headers = texts_of(object, "HttpHeaders");
  config.auths = objects_of(object, "auths", auth_entry);
  const auto ls_formats = objects_of(object, "plugins", [](const json& plugin) { return text_of(plugin, "lsFormat"); });
  const auto ours = ls_formats.find("sandbox");
  config.ls_format = ours == ls_formats.end() ? std::string() : ours->second;
  config.proxies = objects_of(object, "proxies", proxy_settings);
}

std::string home_directory(const Environment& environment) {
  std::string home = variable_or_empty(environment, "HOME");
  if (!home.empty()) {
    return home;
  }
  os::use_own_name_service();
  const passwd* entry = ::getpwuid(::getuid());
  return entry == nullptr ? std::string() : std::string(entry->pw_dir);
}

bool is_user_agent(const std::string& header) {
  return base::to_lower(header) == "user-agent";
}

/// The fields of one line of comma-separated values, quoted as RFC 4180 says. Nothing when it is malformed.
std::optional<std::vector<std::string>> csv_fields(const std::string& line) {
  std::vector<std::string> fields;
  std::size_t at = 0;
  for (;;) {
    std::string field;
    if (at < line.size() && line[at] == '"') {
      for (++at;; ++at) {
        if (at >= line.size()) {
          return std::nullopt;
        }
        if (line[at] == '"' && at + 1 < line.size() && line[at + 1] == '"') {
          ++at;
        } else if (line[at] == '"') {
          ++at;
          break;
        }
        field += line[at];
      }
      if (at < line.size() && line[at] != ',') {
        return std::nullopt;
      }
    } else {
      const std::size_t end = std::min(line.find(',', at), line.size());
      field = line.substr(at, end - at);
      if (field.find('"') != std::string::npos) {
        return std::nullopt;
      }
      at = end;
    }
    fields.push_back(field);
    if (at >= line.size()) {
      return fields;
    }
    ++at;
  }
}

}  // namespace

std::string config_directory(const GlobalOptions& options, const Environment& environment) {
  if (options.config_directory && !options.config_directory->empty()) {
    return *options.config_directory;
  }
  const std::string directory = variable_or_empty(environment, "DOCKER_CONFIG");
  return directory.empty() ? home_directory(environment) + "/.docker" : directory;
}

ConfigFile load_config_file(const GlobalOptions& options, const Environment& environment) {
  ConfigFile config;
  config.directory = config_directory(options, environment);
  const std::string path = config.directory + "/config.json";
  const os::FileContent file = os::read_file(path, k_max_file);
  if (!file) {
    if (file.error != ENOENT && file.error != ENOTDIR) {
      config.warning = "WARNING: Error loading config file: open " + path + ": " + std::strerror(file.error);
    }
    return config;
  }
  try {
    read_into(config, as_object(json::parse(file.bytes)));
  } catch (const json::exception&) {
    // The library's own words quote the text around the fault, and that text may be a login.
    config = {};
    config.directory = config_directory(options, environment);
    config.warning =
        "WARNING: Error parsing config file (" + path + "): it is not valid JSON, or a field has the wrong type";
  }
  return config;
}

std::map<std::string, std::string> custom_headers(const ConfigFile& config, const Environment& environment) {
  std::map<std::string, std::string> headers;
  const std::string variable = variable_or_empty(environment, "DOCKER_CUSTOM_HEADERS");
  if (variable.empty()) {
    headers = config.http_headers;
  } else {
    const std::optional<std::vector<std::string>> fields = csv_fields(variable);
    if (!fields) {
      throw base::Error(base::ErrorKind::bad_config,
                        "failed to parse custom headers from DOCKER_CUSTOM_HEADERS environment variable: value must be "
                        "formatted as comma-separated key=value pairs");
    }
    for (const std::string& field : *fields) {
      const std::size_t equals = field.find('=');
      const std::string name(base::trim(field.substr(0, equals)));
      if (equals == std::string::npos || name.empty()) {
        throw base::Error(base::ErrorKind::bad_config,
                          "failed to set custom headers from DOCKER_CUSTOM_HEADERS environment variable: each value "
                          "must be a key=value pair with a key");
      }
      headers[name] = field.substr(equals + 1);
    }
  }
  for (auto header = headers.begin(); header != headers.end();) {
    const auto is_line_break = [](char c) { return c == '\r' || c == '\n'; };
    if (std::any_of(header->second.begin(), header->second.end(), is_line_break)) {
      throw base::Error(base::ErrorKind::bad_config,
                        "the custom HTTP header " + base::printable(header->first) + " has a line break in its value");
    }
    header = is_user_agent(header->first) ? headers.erase(header) : std::next(header);
  }
  return headers;
}

std::map<std::string, std::string> proxy_variables(const ConfigFile& config, const std::string& host) {
  auto entry = config.proxies.find(host);
  if (entry == config.proxies.end()) {
    entry = config.proxies.find("default");
  }
  std::map<std::string, std::string> variables;
  if (entry == config.proxies.end()) {
    return variables;
  }
  const ProxySettings& settings = entry->second;
  for (const auto& [name, value] : {std::pair("HTTP_PROXY", &settings.http_proxy),
                                    {"HTTPS_PROXY", &settings.https_proxy},
                                    {"NO_PROXY", &settings.no_proxy},
                                    {"FTP_PROXY", &settings.ftp_proxy},
                                    {"ALL_PROXY", &settings.all_proxy}}) {
    if (!value->empty()) {
      variables[name] = *value;
      variables[base::to_lower(name)] = *value;
    }
  }
  return variables;
}

}  // namespace docker_sandbox::docker_config

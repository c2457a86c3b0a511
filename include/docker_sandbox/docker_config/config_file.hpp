// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace docker_sandbox::docker_config {

/// A snapshot of the environment, so that what depends on it stays a function of values.
using Environment = std::map<std::string, std::string>;

/// The docker CLI's global options as they stood on the command line, before or after the word `sandbox`.
struct GlobalOptions {
  std::optional<std::string> config_directory;    ///< --config
  std::optional<std::string> context;             ///< -c, --context
  std::vector<std::string> hosts;                 ///< -H, --host; more than one is an error
  bool debug = false;                             ///< -D, --debug
  std::optional<std::string> log_level;           ///< -l, --log-level
  std::optional<bool> tls;                        ///< --tls
  std::optional<bool> tls_verify;                 ///< --tlsverify
  std::optional<std::string> tls_ca_certificate;  ///< --tlscacert
  std::optional<std::string> tls_certificate;     ///< --tlscert
  std::optional<std::string> tls_key;             ///< --tlskey
};

/// Proxy settings for containers (config.json "proxies"), empty where not set.
struct ProxySettings {
  std::string http_proxy;
  std::string https_proxy;
  std::string no_proxy;
  std::string ftp_proxy;
  std::string all_proxy;
};

/// One entry of "auths".
struct AuthEntry {
  std::string auth;  ///< base64 of user:password, as stored
  std::string username;
  std::string password;
  std::string identity_token;
  std::string registry_token;
};

/// What the program reads of the docker CLI's config.json. A missing file is an empty one.
struct ConfigFile {
  std::string directory;  ///< --config, else $DOCKER_CONFIG, else ~/.docker
  std::string current_context;
  std::string detach_keys;
  std::string credentials_store;
  std::map<std::string, std::string> credential_helpers;  ///< registry -> helper name
  std::map<std::string, AuthEntry> auths;                 ///< registry -> login
  std::map<std::string, std::string> http_headers;
  std::map<std::string, ProxySettings> proxies;  ///< "default" or an endpoint -> settings
  std::string ls_format;  ///< "plugins": {"sandbox": {"lsFormat": …}}, as the docker CLI's psFormat
  /// Why config.json could not be used ("WARNING: Error parsing config file (…): …"); the CLI warns and goes on.
  std::optional<std::string> warning;
};

/// The configuration directory in the docker CLI's order: option, $DOCKER_CONFIG, then .docker in the home directory
/// ($HOME, or the password database's when that is empty).
std::string config_directory(const GlobalOptions& options, const Environment& environment);

/// Reads <config directory>/config.json. Never throws for a bad file: see ConfigFile::warning.
ConfigFile load_config_file(const GlobalOptions& options, const Environment& environment);

/// The headers that are added to every request: $DOCKER_CUSTOM_HEADERS (CSV of key=value) replaces "HttpHeaders".
/// Throws Error{bad_config} when the variable is malformed. User-Agent is never among them.
std::map<std::string, std::string> custom_headers(const ConfigFile& config, const Environment& environment);

/// The variables that "proxies" asks for in a container of the engine at `host`: the engine's own entry, else "default",
/// each variable in upper and in lower case. Their values may hold a password.
std::map<std::string, std::string> proxy_variables(const ConfigFile& config, const std::string& host);

}  // namespace docker_sandbox::docker_config

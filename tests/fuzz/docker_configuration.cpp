// SPDX-License-Identifier: Apache-2.0
// The docker CLI's own files and variables.
#include "docker_sandbox/base/text.hpp"
#include "docker_sandbox/docker_config/config_file.hpp"
#include "docker_sandbox/docker_config/endpoint.hpp"
#include "docker_sandbox/docker_config/registry_auth.hpp"
#include "fuzz_target.hpp"
#include "support/private_directory.hpp"

#include <fstream>

namespace ds = docker_sandbox;
using ds::docker_config::GlobalOptions;

namespace {

const ds::support::PrivateDirectory& directory() {
  static const ds::support::PrivateDirectory made;
  return made;
}

void write(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

void require_plain(const std::string& message) {
  ds::fuzz::require(ds::base::printable(message) == message, "what is told has no control characters");
}

}  // namespace

FUZZ_TARGET(config_file) {
  write(directory().path() + "/config.json", bytes);
  const GlobalOptions options{.config_directory = directory().path()};
  auto config = ds::docker_config::load_config_file(options, {});
  ds::docker_config::custom_headers(config, {});
  ds::docker_config::proxy_variables(config, "unix:///var/run/docker.sock");
  // Helpers are programs: none is run here.
  config.credentials_store.clear();
  config.credential_helpers.clear();
  std::string warning;
  ds::docker_config::registry_auth_header("registry.example/image", config, {}, &warning);
  require_plain(warning);
}

FUZZ_TARGET(auth_variable) {
  std::string warning;
  ds::docker_config::registry_auth_header("registry.example/image", {}, {{"DOCKER_AUTH_CONFIG", std::string(bytes)}},
                                          &warning);
  require_plain(warning);
}

FUZZ_TARGET(custom_headers) {
  ds::docker_config::custom_headers({}, {{"DOCKER_CUSTOM_HEADERS", std::string(bytes)}});
}

FUZZ_TARGET(context_metadata) {
  static const std::string path = [] {
    return directory().make("contexts/meta/" + ds::base::sha256_hex("fuzzed")) + "/meta.json";
  }();
  write(path, bytes);
  const GlobalOptions options{.config_directory = directory().path(), .context = "fuzzed"};
  ds::docker_config::ConfigFile config;
  config.directory = directory().path();
  ds::docker_config::resolve_endpoint(options, {}, config);
}

FUZZ_TARGET(host_string) {
  const auto endpoint = ds::docker_config::resolve_endpoint({.hosts = {std::string(bytes)}}, {}, {});
  ds::fuzz::require(endpoint.scheme != ds::docker_config::Scheme::tcp || (endpoint.port > 0 && endpoint.port < 65536),
                    "a tcp endpoint has a port");
}

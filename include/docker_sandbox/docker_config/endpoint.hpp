// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/docker_config/config_file.hpp"

#include <optional>
#include <string>

namespace docker_sandbox::docker_config {

enum class Scheme { unix_socket, tcp, ssh };

/// Files and rules for TLS; present only where the endpoint speaks it. Paths are empty where there is no such file.
struct TlsSettings {
  std::string ca_certificate;
  std::string certificate;
  std::string key;
  bool verify = true;
};

/// Where the engine is, resolved. No connection has been made.
struct Endpoint {
  Scheme scheme = Scheme::unix_socket;
  std::string host;         ///< the whole host string, as messages name it: unix:///var/run/docker.sock
  std::string socket_path;  ///< unix_socket
  std::string address;      ///< tcp: host name or address without brackets; ssh: host
  int port = 0;             ///< tcp: always set; ssh: 0 = ssh's own default
  std::string user;         ///< ssh
  std::string base_path;    ///< tcp: URL path kept as prefix ("" or "/x"); ssh: path of the remote socket or ""
  std::optional<TlsSettings> tls;
  std::string context_name;  ///< the docker context it came from; "default" without one

  /// What stands in front of each request's path.
  std::string base_path_of_requests() const { return scheme == Scheme::tcp ? base_path : std::string(); }

  /// Whether paths of this machine are the engine's paths as far as one can tell: a unix socket.
  bool is_local() const { return scheme == Scheme::unix_socket; }
};

/// Which docker context counts, exactly as the docker CLI decides: --context, -H, $DOCKER_HOST, $DOCKER_CONTEXT,
/// currentContext. Throws Error{bad_config} for --host together with --context.
std::string resolve_context_name(const GlobalOptions& options, const Environment& environment,
                                 const ConfigFile& config);

/// The endpoint of that context. Throws Error{bad_config} with the docker CLI's sentence for an unknown context, a bad
/// host string, more than one -H, or missing TLS files.
Endpoint resolve_endpoint(const GlobalOptions& options, const Environment& environment, const ConfigFile& config);

}  // namespace docker_sandbox::docker_config

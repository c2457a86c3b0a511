// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/docker_config/endpoint.hpp"

#include "context_store.hpp"
#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/base/number.hpp"
#include "docker_sandbox/base/text.hpp"
#include "files.hpp"

#include <unistd.h>

#include <optional>
#include <string_view>

namespace docker_sandbox::docker_config {
namespace {

using base::Error;
using base::ErrorKind;

constexpr const char* k_default_context = "default";
constexpr const char* k_default_socket = "/var/run/docker.sock";
constexpr const char* k_default_tcp_host = "localhost";
constexpr int k_tcp_port = 2375;
constexpr int k_tls_port = 2376;
constexpr int k_max_port = 65535;

Error bad_host(const std::string& host) {
  return Error(ErrorKind::bad_config, "unable to parse docker host `" + base::printable(host) + "`");
}

int parse_port(std::string_view text, const std::string& host) {
  const std::optional<int> port = base::parse_number<int>(text);
  if (!port || *port < 0 || *port > k_max_port) {
    throw bad_host(host);
  }
  return *port;
}

/// host, [v6], host:port, [v6]:port; either part may be missing.
void read_address(Endpoint& endpoint, std::string_view text) {
  std::string_view port;
  if (!text.empty() && text.front() == '[') {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos || (end + 1 < text.size() && text[end + 1] != ':')) {
      throw bad_host(endpoint.host);
    }
    endpoint.address = text.substr(1, end - 1);
    port = end + 1 < text.size() ? text.substr(end + 2) : std::string_view();
  } else {
    const std::size_t colon = text.find(':');
    if (colon != text.rfind(':')) {
      throw bad_host(endpoint.host);  // an IPv6 address needs brackets
    }
    endpoint.address = text.substr(0, colon);
    port = colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
  }
  endpoint.port = port.empty() ? 0 : parse_port(port, endpoint.host);
}

std::string bracketed(const std::string& address) {
  return address.find(':') == std::string::npos ? address : "[" + address + "]";
}

void read_tcp(Endpoint& endpoint, std::string_view rest) {
  const std::size_t slash = rest.find('/');
  read_address(endpoint, rest.substr(0, slash));
  endpoint.base_path = slash == std::string_view::npos ? "" : rest.substr(slash);
  while (!endpoint.base_path.empty() && endpoint.base_path.back() == '/') {
    endpoint.base_path.pop_back();
  }
  if (endpoint.address.empty()) {
    endpoint.address = k_default_tcp_host;
  }
  if (endpoint.port == 0) {
    endpoint.port = k_tcp_port;
  }
  endpoint.host = "tcp://" + bracketed(endpoint.address) + ":" + std::to_string(endpoint.port) + endpoint.base_path;
}

void read_ssh(Endpoint& endpoint, std::string_view rest) {
  if (rest.find_first_of("?#") != std::string_view::npos) {
    throw Error(ErrorKind::bad_config, "invalid SSH URL: query and fragment are not allowed");
  }
  const std::size_t slash = rest.find('/');
  endpoint.base_path = slash == std::string_view::npos || slash + 1 == rest.size() ? "" : rest.substr(slash);
  std::string_view authority = rest.substr(0, slash);
  const std::size_t at = authority.rfind('@');
  if (at != std::string_view::npos) {
    endpoint.user = authority.substr(0, at);
    authority.remove_prefix(at + 1);
    if (endpoint.user.find(':') != std::string::npos) {
      endpoint.host = "ssh://…";  // not with the password in it
      throw Error(ErrorKind::bad_config, "invalid SSH URL: plain-text password is not supported");
    }
  }
  read_address(endpoint, authority);
  if (endpoint.address.empty()) {
    throw Error(ErrorKind::bad_config, "invalid SSH URL: no host specified");
  }
  // ssh would take either for an option.
  if (endpoint.address.front() == '-' || (!endpoint.user.empty() && endpoint.user.front() == '-')) {
    throw bad_host(endpoint.host);
  }
}

Endpoint parse_host(const std::string& given) {
  Endpoint endpoint;
  endpoint.host = given;
  const std::size_t separator = given.find("://");
  const std::string scheme = separator == std::string::npos ? "tcp" : given.substr(0, separator);
  const std::string_view rest =
      separator == std::string::npos ? std::string_view(given) : std::string_view(given).substr(separator + 3);
  if (scheme == "unix") {
    endpoint.scheme = Scheme::unix_socket;
    endpoint.socket_path = rest.empty() ? k_default_socket : std::string(rest);
    endpoint.host = "unix://" + endpoint.socket_path;
  } else if (scheme == "tcp" || scheme == "http" || scheme == "https") {
    endpoint.scheme = Scheme::tcp;
    read_tcp(endpoint, rest);
  } else if (scheme == "ssh") {
    endpoint.scheme = Scheme::ssh;
    read_ssh(endpoint, rest);
  } else {
    throw Error(ErrorKind::bad_config, "invalid bind address format: " + base::printable(given));
  }
  return endpoint;
}

/// What --tls, --tlsverify and their variables ask for. An empty variable is as none; any text is "on", even "0".
struct TlsWish {
  bool wanted = false;
  bool verify = false;
};

TlsWish tls_wish(const GlobalOptions& options, const Environment& environment) {
  TlsWish wish;
  wish.verify = options.tls_verify.value_or(!variable_or_empty(environment, "DOCKER_TLS_VERIFY").empty());
  // The docker CLI takes --tlsverify=false, too, as a wish for TLS.
  wish.wanted = options.tls.value_or(!variable_or_empty(environment, "DOCKER_TLS").empty()) || wish.verify ||
                options.tls_verify.has_value();
  return wish;
}

/// A file that was named on the command line must be there; one of the default places may be missing.
std::string tls_file(const std::optional<std::string>& given, const std::string& directory, const char* name) {
  std::string path = given.value_or(directory + "/" + name);
  if (::access(path.c_str(), F_OK) == 0) {
    return path;
  }
  if (given) {
    throw Error(ErrorKind::bad_config,
                "unable to resolve docker endpoint: open " + base::printable(path) + ": no such file or directory");
  }
  return {};
}

TlsSettings tls_settings(const GlobalOptions& options, const Environment& environment, const ConfigFile& config,
                         bool verify) {
  const std::string certificates = variable_or_empty(environment, "DOCKER_CERT_PATH");
  const std::string directory = certificates.empty() ? config.directory : certificates;
  TlsSettings tls;
  tls.verify = verify;
  tls.ca_certificate = tls_file(options.tls_ca_certificate, directory, "ca.pem");
  tls.certificate = tls_file(options.tls_certificate, directory, "cert.pem");
  tls.key = tls_file(options.tls_key, directory, "key.pem");
  if (tls.ca_certificate.empty()) {
    throw Error(ErrorKind::bad_config, "unable to resolve docker endpoint: open " + base::printable(directory) +
                                           "/ca.pem: no such file or directory");
  }
  return tls;
}

Endpoint default_endpoint(const GlobalOptions& options, const Environment& environment, const ConfigFile& config) {
  if (options.hosts.size() > 1) {
    throw Error(ErrorKind::bad_config, "unable to resolve docker endpoint: specify only one -H");
  }
  const TlsWish wish = tls_wish(options, environment);
  const std::string given =
      options.hosts.empty() ? variable_or_empty(environment, "DOCKER_HOST") : options.hosts.front();
  std::string host(base::trim(given));
  if (host.empty()) {
    host = wish.wanted ? "tcp://localhost:" + std::to_string(k_tls_port) : std::string("unix://") + k_default_socket;
  }
  Endpoint endpoint = parse_host(host);
  if (wish.wanted) {
    // Missing files are an error for a unix socket as well, as the docker CLI has it; TLS is only for tcp.
    const TlsSettings tls = tls_settings(options, environment, config, wish.verify);
    if (endpoint.scheme == Scheme::tcp) {
      endpoint.tls = tls;
    }
  }
  return endpoint;
}

Endpoint context_endpoint(const ConfigFile& config, const std::string& name) {
  const StoredContext context = load_context(config.directory, name);
  Endpoint endpoint = parse_host(context.host.empty() ? std::string("unix://") + k_default_socket : context.host);
  const bool has_files = !context.ca_certificate.empty() || !context.certificate.empty() || !context.key.empty();
  if (endpoint.scheme == Scheme::tcp && (has_files || context.skip_tls_verify)) {
    endpoint.tls = TlsSettings{.ca_certificate = context.ca_certificate,
                               .certificate = context.certificate,
                               .key = context.key,
                               .verify = !context.skip_tls_verify};
  }
  return endpoint;
}

}  // namespace

std::string resolve_context_name(const GlobalOptions& options, const Environment& environment,
                                 const ConfigFile& config) {
  if (options.context && !options.context->empty()) {
    if (!options.hosts.empty()) {
      throw Error(ErrorKind::bad_config, "conflicting options: cannot specify both --host and --context");
    }
    return *options.context;
  }
  if (!options.hosts.empty() || !variable_or_empty(environment, "DOCKER_HOST").empty()) {
    return k_default_context;
  }
  std::string variable = variable_or_empty(environment, "DOCKER_CONTEXT");
  if (!variable.empty()) {
    return variable;
  }
  return config.current_context.empty() ? k_default_context : config.current_context;
}

Endpoint resolve_endpoint(const GlobalOptions& options, const Environment& environment, const ConfigFile& config) {
  const std::string name = resolve_context_name(options, environment, config);
  Endpoint endpoint =
      name == k_default_context ? default_endpoint(options, environment, config) : context_endpoint(config, name);
  endpoint.context_name = name;
  return endpoint;
}

}  // namespace docker_sandbox::docker_config

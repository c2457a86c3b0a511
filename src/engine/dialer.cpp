// SPDX-License-Identifier: Apache-2.0
#include "dialer.hpp"

#include "connect_failure.hpp"
#include "docker_sandbox/os/tcp_socket.hpp"
#include "docker_sandbox/os/unix_socket.hpp"
#include "gateway.hpp"
#include "ssh_dial.hpp"
#include "tls_relay.hpp"

#include <chrono>
#include <system_error>

namespace docker_sandbox::engine {
namespace {

using docker_config::Endpoint;
using docker_config::Scheme;

/// How long a connection that has ended may take to tell why.
constexpr std::chrono::seconds k_fault_deadline{10};

std::unique_ptr<Gateway> gateway_to(const Endpoint& endpoint) {
  if (endpoint.scheme == Scheme::ssh) {
    return std::make_unique<Gateway>(
        [endpoint](os::UniqueFd client, int stop) { return serve_through_ssh(endpoint, std::move(client), stop); });
  }
  if (endpoint.scheme == Scheme::tcp && endpoint.tls) {
    return std::make_unique<Gateway>([relay = std::make_shared<TlsRelay>(endpoint)](os::UniqueFd client, int stop) {
      return relay->serve(std::move(client), stop);
    });
  }
  return nullptr;
}

}  // namespace

Dialer::Dialer(Endpoint endpoint)
    : endpoint_(std::move(endpoint)),
      gateway_(gateway_to(endpoint_)),
      socket_path_(gateway_ ? gateway_->socket_path() : endpoint_.socket_path) {}

Dialer::~Dialer() = default;

os::UniqueFd Dialer::connect() const {
  try {
    return socket_path_.empty() ? os::connect_tcp(endpoint_.address, endpoint_.port,
                                                  std::chrono::steady_clock::now() + k_connect_deadline)
                                : os::connect_unix(socket_path_);
  } catch (const std::system_error& error) {
    throw connect_failure(endpoint_, error.code().value());
  } catch (const base::Error& error) {
    throw connect_failure(endpoint_, error.what());
  }
}

std::optional<base::Error> Dialer::fault() const {
  if (!gateway_) {
    return std::nullopt;
  }
  const std::string words = gateway_->fault(std::chrono::steady_clock::now() + k_fault_deadline);
  return words.empty() ? std::nullopt : std::optional(base::Error(base::ErrorKind::engine_unreachable, words));
}

}  // namespace docker_sandbox::engine

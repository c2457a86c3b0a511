// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/docker_config/endpoint.hpp"
#include "docker_sandbox/os/unique_fd.hpp"

#include <memory>
#include <optional>
#include <string>

namespace docker_sandbox::engine {

class Gateway;

/// How connections to an endpoint are made: to its unix socket, to its address, or, over TLS and through ssh, to the unix
/// socket of a gateway in this process.
class Dialer {
 public:
  /// Throws Error{bad_config} for TLS files that cannot be used. Connects to nothing yet.
  explicit Dialer(docker_config::Endpoint endpoint);
  Dialer(const Dialer&) = delete;
  Dialer& operator=(const Dialer&) = delete;
  ~Dialer();

  const docker_config::Endpoint& endpoint() const { return endpoint_; }

  /// The unix socket to connect to; "" when it is endpoint().address and .port instead.
  const std::string& socket_path() const { return socket_path_; }

  /// A new connection. Throws Error{engine_unreachable} with the docker CLI's sentence.
  os::UniqueFd connect() const;

  /// Why an exchange failed, when the way to the engine is to blame.
  std::optional<base::Error> fault() const;

 private:
  docker_config::Endpoint endpoint_;
  std::unique_ptr<Gateway> gateway_;
  std::string socket_path_;
};

}  // namespace docker_sandbox::engine

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/docker_config/endpoint.hpp"
#include "docker_sandbox/os/unique_fd.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace docker_sandbox::engine {

struct HttpRequest {
  std::string method;
  std::string path;  ///< with the query, percent-encoded
  std::string body;
  std::string content_type;  ///< empty when there is no body
  std::map<std::string, std::string> headers;
};

struct HttpResponse {
  int status = 0;
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;
};

/// How long an answer may take, from its request to its last byte.
namespace patience {
/// Calls that the engine answers from memory or from its disk.
inline constexpr std::chrono::seconds k_quick{60};
/// Calls that start, stop or remove containers: a loaded engine takes minutes.
inline constexpr std::chrono::seconds k_slow{600};
/// Calls that last as long as what they follow: a pull.
inline constexpr std::chrono::seconds k_endless{7 * 24 * 3600};
}  // namespace patience

/// An upgraded connection: the bytes that follow the 101 answer belong to the session.
struct UpgradedConnection {
  os::UniqueFd socket;
  std::string early_bytes;  ///< session bytes that arrived together with the head
};

class Dialer;

/// HTTP to one endpoint: a unix socket, tcp, tcp with TLS, or ssh. Plain requests share one kept-open connection; each upgrade has a connection of its own.
/// Translates every failure to reach the engine into an Error (engine_unreachable, engine_timeout, engine_protocol);
/// HTTP statuses are data. Not thread-safe.
class Transport {
 public:
  /// `headers` go with each request. No connection is made yet. Throws Error{bad_config} for TLS files that cannot be
  /// used.
  Transport(docker_config::Endpoint endpoint, std::map<std::string, std::string> headers);
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;
  ~Transport();

  HttpResponse send(const HttpRequest& request, std::chrono::seconds patience);

  /// As send, but the body of a successful answer goes to `on_bytes` as it arrives.
  HttpResponse stream(const HttpRequest& request, std::chrono::seconds patience,
                      const std::function<void(std::string_view)>& on_bytes);

  /// Sends a POST that asks for the upgrade to a raw stream. When the engine answers with another status than 101, that
  /// is returned in *refusal and the connection's socket is empty. `patience` is for that answer, not for the stream.
  UpgradedConnection upgrade(const HttpRequest& request, std::chrono::seconds patience, HttpResponse* refusal);

  const docker_config::Endpoint& endpoint() const;
  const std::map<std::string, std::string>& headers() const { return headers_; }

 private:
  class Http;

  std::unique_ptr<Dialer> dialer_;
  std::map<std::string, std::string> headers_;
  std::unique_ptr<Http> http_;
};

}  // namespace docker_sandbox::engine

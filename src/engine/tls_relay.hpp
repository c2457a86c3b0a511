// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/docker_config/endpoint.hpp"
#include "docker_sandbox/os/unique_fd.hpp"

#include <memory>
#include <string>

struct ssl_ctx_st;

namespace docker_sandbox::engine {

/// Makes TLS connections (1.2 or later) to one engine and carries bytes between them and plain sockets.
class TlsRelay {
 public:
  /// `endpoint` has TLS settings. Reads the files. Throws Error{bad_config} for those that cannot be used.
  explicit TlsRelay(docker_config::Endpoint endpoint);
  ~TlsRelay();
  TlsRelay(const TlsRelay&) = delete;
  TlsRelay& operator=(const TlsRelay&) = delete;
  TlsRelay(TlsRelay&&) noexcept;
  TlsRelay& operator=(TlsRelay&&) = delete;

  /// Connects, proves who the engine is, and carries bytes until either side ends, or `stop` becomes readable. The end of
  /// `client`'s bytes becomes TLS's own, so that half close works. Returns what went wrong, one sentence, or "". May run
  /// on several threads at once.
  std::string serve(os::UniqueFd client, int stop) const;

 private:
  docker_config::Endpoint endpoint_;
  std::unique_ptr<ssl_ctx_st, void (*)(ssl_ctx_st*)> context_;
};

}  // namespace docker_sandbox::engine

// SPDX-License-Identifier: Apache-2.0
#include "tls_relay.hpp"

#include "connect_failure.hpp"
#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/os/tcp_socket.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <string_view>
#include <system_error>

namespace docker_sandbox::engine {
namespace {

using base::Error;
using base::ErrorKind;
using std::chrono::steady_clock;

constexpr std::size_t k_buffer_size = 64 * 1024;

using Connection = std::unique_ptr<SSL, decltype(&::SSL_free)>;

/// OpenSSL's reason for the last failure on this thread, "" when it has none.
std::string last_reason() {
  const unsigned long code = ::ERR_peek_last_error();
  ::ERR_clear_error();
  const char* reason = code == 0 ? nullptr : ::ERR_reason_error_string(code);
  return reason == nullptr ? std::string() : std::string(reason);
}

/// What happened to a connection that TLS ended. "…v13 alert certificate required": the engine has said why.
std::string refusal(const docker_config::Endpoint& endpoint, const std::string& reason) {
  constexpr std::string_view k_alert = " alert ";
  const std::size_t alert = reason.find(k_alert);
  if (alert != std::string::npos) {
    return "the engine at " + endpoint.host + " refused the TLS connection: " + reason.substr(alert + k_alert.size());
  }
  return "cannot connect to the engine at " + endpoint.host +
         " over TLS: " + (reason.empty() ? "it ended the connection" : reason);
}

bool is_address(const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  return ::inet_pton(AF_INET, host.c_str(), bytes.data()) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1;
}

Error unusable_file(const std::string& what, const std::string& path) {
  const std::string reason = last_reason();
  return Error(ErrorKind::bad_config,
               "cannot use the TLS " + what + " " + path + (reason.empty() ? std::string() : ": " + reason));
}

void load_files(SSL_CTX* context, const docker_config::TlsSettings& tls) {
  if (tls.verify) {
    ::SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    if (tls.ca_certificate.empty()) {
      ::SSL_CTX_set_default_verify_paths(context);
    } else if (::SSL_CTX_load_verify_locations(context, tls.ca_certificate.c_str(), nullptr) != 1) {
      throw unusable_file("CA certificate", tls.ca_certificate);
    }
  }
  if (tls.certificate.empty() || tls.key.empty()) {
    return;
  }
  if (::SSL_CTX_use_certificate_chain_file(context, tls.certificate.c_str()) != 1) {
    throw unusable_file("certificate", tls.certificate);
  }
  if (::SSL_CTX_use_PrivateKey_file(context, tls.key.c_str(), SSL_FILETYPE_PEM) != 1) {
    throw unusable_file("key", tls.key);
  }
}

Connection begin(SSL_CTX* context, const docker_config::Endpoint& endpoint, int socket) {
  Connection connection(::SSL_new(context), ::SSL_free);
  if (!connection || ::SSL_set_fd(connection.get(), socket) != 1) {
    throw Error(ErrorKind::io, "cannot make a TLS connection: " + last_reason());
  }
  if (is_address(endpoint.address)) {
    ::X509_VERIFY_PARAM_set1_ip_asc(::SSL_get0_param(connection.get()), endpoint.address.c_str());
  } else {
    std::string name = endpoint.address;  // the macro for this has an old-style cast
    ::SSL_ctrl(connection.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data());
    ::SSL_set1_host(connection.get(), endpoint.address.c_str());
  }
  ::SSL_set_mode(connection.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  return connection;
}

/// Waits for what OpenSSL wants. False when `stop` came first or the deadline passed.
bool wait_for(SSL* connection, int result, int stop, steady_clock::time_point deadline) {
  const int wanted = ::SSL_get_error(connection, result);
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - steady_clock::now()).count();
  const short events = wanted == SSL_ERROR_WANT_WRITE ? POLLOUT : POLLIN;
  std::array<pollfd, 2> watched{{{::SSL_get_fd(connection), events, 0}, {stop, POLLIN, 0}}};
  const int ready = ::poll(watched.data(), watched.size(), static_cast<int>(std::max<long>(0, left)));
  return watched[1].revents == 0 && (ready > 0 || (ready < 0 && errno == EINTR));
}

/// The TLS handshake; what went wrong, or "".
std::string shake_hands(SSL* connection, const docker_config::Endpoint& endpoint, int stop) {
  const auto deadline = steady_clock::now() + k_connect_deadline;
  for (;;) {
    ::ERR_clear_error();
    const int result = ::SSL_connect(connection);
    if (result == 1) {
      return {};
    }
    const int wanted = ::SSL_get_error(connection, result);
    if (wanted == SSL_ERROR_WANT_READ || wanted == SSL_ERROR_WANT_WRITE) {
      if (!wait_for(connection, result, stop, deadline)) {
        return "the engine at " + endpoint.host + " did not complete the TLS handshake in time";
      }
      continue;
    }
    const long verdict = ::SSL_get_verify_result(connection);
    if (verdict != X509_V_OK) {
      return "the certificate of the engine at " + endpoint.host +
             " cannot be trusted: " + ::X509_verify_cert_error_string(verdict);
    }
    return refusal(endpoint, last_reason());
  }
}

/// Carries bytes between a TLS connection and a plain socket, both non-blocking.
class Pump {
 public:
  Pump(SSL* connection, int client, int stop) : connection_(connection), client_(client), stop_(stop) {}

  /// Until either side ends. What TLS said against it, or "".
  std::string run() {
    while (!done_) {
      const bool moved_out = take_from_engine();
      const bool moved_in = take_from_client();
      if (!moved_out && !moved_in && !done_ && !wait()) {
        break;
      }
    }
    return fault_;
  }

 private:
  /// Engine to client; whether anything moved.
  bool take_from_engine() {
    bool moved = false;
    engine_wants_write_ = false;
    if (to_client_.empty() && !engine_ended_) {
      buffer_.resize(k_buffer_size);
      ::ERR_clear_error();
      const int count = ::SSL_read(connection_, buffer_.data(), static_cast<int>(buffer_.size()));
      if (count > 0) {
        to_client_.assign(buffer_.data(), static_cast<std::size_t>(count));
        moved = true;
      } else {
        moved = note_end_of_engine(::SSL_get_error(connection_, count));
      }
    }
    if (!to_client_.empty()) {
      const ssize_t count = ::send(client_, to_client_.data(), to_client_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (count > 0) {
        to_client_.erase(0, static_cast<std::size_t>(count));
        return true;
      }
      done_ = count < 0 && errno != EAGAIN && errno != EINTR;
    } else if (engine_ended_) {
      done_ = true;
    }
    return moved;
  }

  /// True when the engine's side has ended.
  bool note_end_of_engine(int wanted) {
    engine_wants_write_ = wanted == SSL_ERROR_WANT_WRITE;
    if (wanted == SSL_ERROR_WANT_READ || wanted == SSL_ERROR_WANT_WRITE) {
      return false;
    }
    engine_ended_ = true;
    if (wanted == SSL_ERROR_SSL) {
      fault_ = last_reason();  // an alert, for one: the engine does not take our certificate
    }
    return true;
  }

  /// Client to engine; whether anything moved.
  bool take_from_client() {
    if (to_engine_.empty() && !client_ended_) {
      to_engine_.resize(k_buffer_size);
      const ssize_t count = ::recv(client_, to_engine_.data(), to_engine_.size(), MSG_DONTWAIT);
      to_engine_.resize(static_cast<std::size_t>(std::max<ssize_t>(0, count)));
      client_ended_ = count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR);
    }
    if (!to_engine_.empty()) {
      ::ERR_clear_error();
      const int count = ::SSL_write(connection_, to_engine_.data(), static_cast<int>(to_engine_.size()));
      if (count > 0) {
        to_engine_.erase(0, static_cast<std::size_t>(count));
        return true;
      }
      const int wanted = ::SSL_get_error(connection_, count);
      engine_wants_write_ = engine_wants_write_ || wanted == SSL_ERROR_WANT_WRITE;
      if (wanted != SSL_ERROR_WANT_READ && wanted != SSL_ERROR_WANT_WRITE) {
        to_engine_.clear();  // it does not read any more; what it still says counts
        client_ended_ = true;
        told_end_ = true;
      }
      return false;
    }
    if (client_ended_ && !told_end_) {
      told_end_ = true;
      ::SSL_shutdown(connection_);
      return true;
    }
    return false;
  }

  /// Until there is something to do; false when it is time to go.
  bool wait() {
    const auto when = [](bool condition, short event) { return condition ? event : short{0}; };
    const short engine_events =
        static_cast<short>(when(to_client_.empty() && !engine_ended_, POLLIN) | when(engine_wants_write_, POLLOUT));
    const short client_events =
        static_cast<short>(when(to_engine_.empty() && !client_ended_, POLLIN) | when(!to_client_.empty(), POLLOUT));
    // A side that has hung up would wake this at once and for ever; one that nothing is wanted of is left out.
    const int engine = engine_events != 0 ? ::SSL_get_fd(connection_) : -1;
    const int client = client_events != 0 || client_ended_ ? client_ : -1;
    std::array<pollfd, 3> watched{{{engine, engine_events, 0}, {client, client_events, 0}, {stop_, POLLIN, 0}}};
    if (::poll(watched.data(), watched.size(), -1) < 0) {
      return errno == EINTR;
    }
    // The client has closed both ways: nobody is there for what the engine may still say.
    const bool client_gone = (watched[1].revents & (POLLHUP | POLLERR)) != 0 && client_ended_;
    return watched[2].revents == 0 && !client_gone;
  }

  SSL* connection_;
  int client_;
  int stop_;
  std::string buffer_;
  std::string to_client_;
  std::string to_engine_;
  bool engine_ended_ = false;
  bool engine_wants_write_ = false;
  bool client_ended_ = false;
  bool told_end_ = false;  ///< the client's end, to the engine
  bool done_ = false;
  std::string fault_;
};

}  // namespace

TlsRelay::TlsRelay(docker_config::Endpoint endpoint)
    : endpoint_(std::move(endpoint)), context_(::SSL_CTX_new(::TLS_client_method()), ::SSL_CTX_free) {
  if (!context_) {
    throw Error(ErrorKind::io, "cannot use TLS: " + last_reason());
  }
  ::SSL_CTX_set_min_proto_version(context_.get(), TLS1_2_VERSION);
  load_files(context_.get(), *endpoint_.tls);
}

TlsRelay::~TlsRelay() = default;
TlsRelay::TlsRelay(TlsRelay&&) noexcept = default;

std::string TlsRelay::serve(os::UniqueFd client, int stop) const {
  os::UniqueFd socket;
  try {
    socket = os::connect_tcp(endpoint_.address, endpoint_.port, steady_clock::now() + k_connect_deadline);
  } catch (const std::system_error& error) {
    return connect_failure(endpoint_, error.code().value()).what();
  } catch (const Error& error) {
    return connect_failure(endpoint_, error.what()).what();
  }
  ::fcntl(socket.get(), F_SETFL, ::fcntl(socket.get(), F_GETFL) | O_NONBLOCK);
  const Connection connection = begin(context_.get(), endpoint_, socket.get());
  if (std::string fault = shake_hands(connection.get(), endpoint_, stop); !fault.empty()) {
    return fault;
  }
  const std::string fault = Pump(connection.get(), client.get(), stop).run();
  return fault.empty() ? fault : refusal(endpoint_, fault);
}

}  // namespace docker_sandbox::engine

// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/engine/transport.hpp"

#include "answer_reader.hpp"
#include "connect_failure.hpp"
#include "dialer.hpp"
#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/base/log.hpp"
#include "docker_sandbox/base/text.hpp"
#include "docker_sandbox/base/version.hpp"
#include "docker_sandbox/engine/http_head.hpp"
#include "docker_sandbox/os/name_service.hpp"
#include "docker_sandbox/os/unix_socket.hpp"

#include <httplib.h>

#include <array>
#include <csignal>
#include <optional>
#include <system_error>

namespace docker_sandbox::engine {
namespace {

using base::Error;
using base::ErrorKind;
using std::chrono::steady_clock;

/// No answer that the program keeps whole is larger: a list of 10,000 images has some 10 MB.
constexpr std::size_t k_max_body = 64U * 1024 * 1024;
/// Nor is the message of a refusal.
constexpr std::size_t k_max_refusal = 1024U * 1024;

constexpr int k_not_modified = 304;

/// Go's HTTP server refuses the socket's path as a Host, which httplib would send; any valid name will do.
constexpr const char* k_host_header = "docker";

std::string what_was_asked(const HttpRequest& request) {
  return request.method + " " + request.path.substr(0, request.path.find('?'));
}

Error cut_error(const docker_config::Endpoint& endpoint, const HttpRequest& request) {
  return Error(
      ErrorKind::engine_protocol,
      "the engine at " + endpoint.host + " ended the connection before it had answered " + what_was_asked(request));
}

Error timeout_error(const docker_config::Endpoint& endpoint, const HttpRequest& request,
                    std::chrono::seconds patience) {
  return Error(ErrorKind::engine_timeout, "the engine at " + endpoint.host + " did not answer " +
                                              what_was_asked(request) + " within " + std::to_string(patience.count()) +
                                              " seconds");
}

httplib::Headers to_httplib(const std::map<std::string, std::string>& common, const HttpRequest& request) {
  httplib::Headers headers(common.begin(), common.end());
  for (const auto& [name, value] : request.headers) {
    headers.emplace(name, value);
  }
  return headers;
}

/// The body of an answer that refused the upgrade: what Content-Length says, or all until the engine closes. Chunked
/// framing stays in it; dockerd sends its short errors with a length.
std::string read_refusal(int socket, const HttpHead& head, const std::string& answer,
                         steady_clock::time_point deadline) {
  std::size_t wanted = k_max_refusal;
  if (const auto length = head.headers.find("content-length"); length != head.headers.end()) {
    wanted = std::min<std::size_t>(k_max_refusal, std::strtoul(length->second.c_str(), nullptr, 10));
  }
  std::string body = answer.substr(head.size);
  std::array<char, 16384> buffer{};
  while (body.size() < wanted && os::wait_readable(socket, deadline)) {
    const ssize_t count = ::recv(socket, buffer.data(), buffer.size(), 0);
    if (count == 0 || (count < 0 && errno != EINTR)) {
      break;
    }
    if (count > 0) {
      body.append(buffer.data(), static_cast<std::size_t>(count));
    }
  }
  return body;
}

/// Whether the peer has closed its side: nothing is left to read but the end.
bool is_at_end(int socket) {
  char byte = 0;
  return socket >= 0 && ::recv(socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

/// Collects a body up to the limit, or hands it on.
class BodySink {
 public:
  explicit BodySink(const std::function<void(std::string_view)>* on_bytes) : on_bytes_(on_bytes) {}

  void set_status(int status) {
    const bool is_success = status >= 200 && status < 300;
    hand_on_ = on_bytes_ != nullptr && is_success;
    max_body_ = is_success ? k_max_body : k_max_refusal;
  }

  bool take(std::string_view bytes) {
    if (hand_on_) {
      try {
        (*on_bytes_)(bytes);
        return true;
      } catch (...) {
        // httplib must not be unwound through; the exception goes on when it has returned.
        failure_ = std::current_exception();
        return false;
      }
    }
    too_large_ = body_.size() + bytes.size() > max_body_;
    if (!too_large_) {
      body_.append(bytes);
    }
    return !too_large_;
  }

  std::string take_body() { return std::move(body_); }
  bool too_large() const { return too_large_; }
  void rethrow() const {
    if (failure_) {
      std::rethrow_exception(failure_);
    }
  }

 private:
  const std::function<void(std::string_view)>* on_bytes_;
  std::string body_;
  std::size_t max_body_ = k_max_refusal;
  bool hand_on_ = false;
  bool too_large_ = false;
  std::exception_ptr failure_;
};

/// What httplib reads from and writes to.
class BoundedStream : public httplib::Stream {
 public:
  explicit BoundedStream(AnswerReader& reader) : reader_(reader) {}

  bool is_readable() const override { return reader_.is_readable(); }
  bool is_writable() const override { return reader_.is_writable(); }
  ssize_t read(char* to, std::size_t size) override { return reader_.read(to, size); }
  ssize_t write(const char* bytes, std::size_t size) override { return reader_.write({bytes, size}); }
  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}
  socket_t socket() const override { return reader_.socket(); }

 private:
  AnswerReader& reader_;
};

/// httplib's client with an AnswerReader under it.
class BoundedClient : public httplib::ClientImpl {
 public:
  using httplib::ClientImpl::ClientImpl;

  void set_patience(std::chrono::seconds patience) { patience_ = patience; }
  /// Of the answer that is being read, or was read last; null when none was begun.
  AnswerReader* reader() { return reader_ ? &*reader_ : nullptr; }
  void forget_reader() { reader_.reset(); }

 private:
  bool process_socket(const Socket& socket, std::function<bool(httplib::Stream&)> callback) override {
    reader_.emplace(socket.sock, patience_);
    BoundedStream stream(*reader_);
    return callback(stream);
  }

  std::chrono::seconds patience_{};
  std::optional<AnswerReader> reader_;
};

}  // namespace

/// httplib's client, behind a type of its own so that no other file needs its header.
class Transport::Http {
 public:
  explicit Http(const Dialer& dialer)
      : dialer_(dialer),
        client_(dialer.socket_path().empty() ? dialer.endpoint().address : dialer.socket_path(),
                dialer.socket_path().empty() ? dialer.endpoint().port : 80) {
    if (dialer.socket_path().empty()) {
      os::use_own_name_service();
    } else {
      client_.set_address_family(AF_UNIX);
    }
    client_.set_connection_timeout(k_connect_deadline);
    client_.set_tcp_nodelay(true);
    client_.set_keep_alive(true);
    client_.set_decompress(false);
    client_.set_follow_location(false);
    client_.set_url_encode(false);
  }

  HttpResponse exchange(const std::map<std::string, std::string>& headers, const HttpRequest& request,
                        std::chrono::seconds patience, BodySink& sink) {
    const docker_config::Endpoint& endpoint = dialer_.endpoint();
    client_.set_patience(patience);
    client_.forget_reader();
    httplib::Request message;
    message.method = request.method;
    message.path = endpoint.base_path_of_requests() + request.path;
    message.headers = to_httplib(headers, request);
    message.body = request.body;
    if (!request.content_type.empty()) {
      message.set_header("Content-Type", request.content_type);
    }
    std::optional<httplib::Response> without_body;
    message.response_handler = [&](const httplib::Response& response) {
      sink.set_status(response.status);
      client_.reader()->end_head();
      // Such an answer ends with its head, but httplib would wait for a body until the engine closes: leave at once.
      if (response.status == k_not_modified) {
        without_body = response;
      }
      return !without_body;
    };
    message.content_receiver = [&sink](const char* data, std::size_t size, std::uint64_t, std::uint64_t) {
      return sink.take({data, size});
    };
    const httplib::Result result = client_.send(message);
    sink.rethrow();
    if (!result && !without_body) {
      throw failure(request, patience, result.error(), sink);
    }
    const httplib::Response& answer = without_body ? *without_body : *result;
    HttpResponse response;
    response.status = answer.status;
    for (const auto& [name, value] : answer.headers) {
      response.headers[base::to_lower(name)] = value;
    }
    // httplib takes a chunked body for whole when it is cut inside the line end behind a chunk. An engine that closes on
    // purpose says so in the head, and then httplib has no socket any more.
    if (response.headers.count("transfer-encoding") != 0 && is_at_end(client_.socket())) {
      throw cut_error(endpoint, request);
    }
    response.body = sink.take_body();
    return response;
  }

 private:
  Error failure(const HttpRequest& request, std::chrono::seconds patience, httplib::Error error, const BodySink& sink) {
    const docker_config::Endpoint& endpoint = dialer_.endpoint();
    const AnswerReader::Fault fault = client_.reader() ? client_.reader()->fault() : AnswerReader::Fault::none;
    if (sink.too_large() || fault == AnswerReader::Fault::too_large) {
      return Error(ErrorKind::engine_protocol,
                   "the engine's answer to " + what_was_asked(request) + " is too large to be one");
    }
    if (error == httplib::Error::Connection || error == httplib::Error::BindIPAddress) {
      // httplib does not keep errno: connecting once more tells why.
      dialer_.connect();
      return connect_failure(endpoint, ECONNREFUSED);
    }
    if (error == httplib::Error::ConnectionTimeout || fault == AnswerReader::Fault::too_late) {
      return timeout_error(endpoint, request, patience);
    }
    return dialer_.fault().value_or(cut_error(endpoint, request));
  }

  const Dialer& dialer_;
  BoundedClient client_;
};

Transport::Transport(docker_config::Endpoint endpoint, std::map<std::string, std::string> headers)
    : dialer_(std::make_unique<Dialer>(std::move(endpoint))), headers_(std::move(headers)) {
  headers_["Host"] = k_host_header;
  headers_["User-Agent"] = std::string("docker-sandbox/") + base::k_version;
  // A peer that goes away must give an error, not end the process; httplib writes without MSG_NOSIGNAL.
  ::signal(SIGPIPE, SIG_IGN);  // NOLINT(cert-err33-c): cannot fail for a valid signal
}

Transport::~Transport() = default;

const docker_config::Endpoint& Transport::endpoint() const {
  return dialer_->endpoint();
}

HttpResponse Transport::send(const HttpRequest& request, std::chrono::seconds patience) {
  return stream(request, patience, nullptr);
}

HttpResponse Transport::stream(const HttpRequest& request, std::chrono::seconds patience,
                               const std::function<void(std::string_view)>& on_bytes) {
  if (!http_) {
    http_ = std::make_unique<Http>(*dialer_);
  }
  const auto started = steady_clock::now();
  BodySink sink(on_bytes ? &on_bytes : nullptr);
  HttpResponse response = http_->exchange(headers_, request, patience, sink);
  base::debug("{} {} -> {} ({:.1f} ms)", request.method, request.path, response.status,
              std::chrono::duration<double, std::milli>(steady_clock::now() - started).count());
  return response;
}

UpgradedConnection Transport::upgrade(const HttpRequest& request, std::chrono::seconds patience,
                                      HttpResponse* refusal) {
  UpgradedConnection connection{dialer_->connect(), {}};
  std::string message = request.method + " " + endpoint().base_path_of_requests() + request.path + " HTTP/1.1\r\n";
  for (const auto& [name, value] : to_httplib(headers_, request)) {
    message.append(name).append(": ").append(value).append("\r\n");
  }
  message += "Connection: Upgrade\r\nUpgrade: tcp\r\nContent-Type: " + request.content_type +
             "\r\nContent-Length: " + std::to_string(request.body.size()) + "\r\n\r\n" + request.body;
  std::string answer;
  std::optional<HttpHead> head;
  const auto deadline = steady_clock::now() + patience;
  try {
    os::send_all(connection.socket.get(), message);
    while (!head) {
      if (!os::wait_readable(connection.socket.get(), deadline)) {
        throw timeout_error(endpoint(), request, patience);
      }
      std::array<char, 16384> buffer{};
      const ssize_t count = ::recv(connection.socket.get(), buffer.data(), buffer.size(), 0);
      if (count == 0) {
        throw dialer_->fault().value_or(cut_error(endpoint(), request));
      }
      if (count > 0) {
        answer.append(buffer.data(), static_cast<std::size_t>(count));
        head = parse_http_head(answer);
      } else if (errno != EINTR) {
        throw std::system_error(errno, std::generic_category());
      }
    }
  } catch (const std::system_error&) {
    throw dialer_->fault().value_or(cut_error(endpoint(), request));
  }
  base::debug("{} {} -> {} (upgrade)", request.method, request.path, head->status);
  if (head->status == 101) {
    connection.early_bytes = answer.substr(head->size);
    return connection;
  }
  *refusal = HttpResponse{head->status, head->headers, read_refusal(connection.socket.get(), *head, answer, deadline)};
  return {};
}

}  // namespace docker_sandbox::engine

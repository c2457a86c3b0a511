// SPDX-License-Identifier: Apache-2.0
#include "support/http_connection.hpp"

#include "docker_sandbox/base/text.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <stdexcept>

namespace docker_sandbox::support {
namespace {

constexpr std::size_t k_max_head = 1024 * 1024;  // Go's limit too

/// "/v1.41/x" -> version "1.41", path "/x".
void split_target(Request& request) {
  const std::string_view target = request.target;
  const std::size_t question = std::min(target.find('?'), target.size());
  std::string_view path = target.substr(0, question);
  if (path.size() > 2 && path[0] == '/' && path[1] == 'v' && path[2] >= '0' && path[2] <= '9') {
    const std::size_t end = std::min(path.find('/', 1), path.size());
    const std::string_view version = path.substr(2, end - 2);
    if (version.find_first_not_of("0123456789.") == std::string_view::npos) {
      request.version = version;
      path.remove_prefix(end);
    }
  }
  request.path = percent_decode(path, false);
  if (question == target.size()) {
    return;
  }
  for (const std::string& pair : base::split(target.substr(question + 1), '&')) {
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const std::string value = equals < pair.size() ? pair.substr(equals + 1) : std::string();
    request.query[percent_decode(std::string_view(pair).substr(0, equals), true)] = percent_decode(value, true);
  }
}

Request parse_head(const std::string& head) {
  const std::vector<std::string> lines = base::split(head, '\n');
  const std::vector<std::string> words = base::split(base::trim(lines.front()), ' ');
  if (words.size() != 3 || words[2].compare(0, 7, "HTTP/1.") != 0) {
    throw std::runtime_error("not a request line: " + lines.front());
  }
  Request request;
  request.method = words[0];
  request.target = words[1];
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const std::size_t colon = lines[i].find(':');
    if (colon != std::string::npos) {
      request.headers[base::to_lower(lines[i].substr(0, colon))] = std::string(base::trim(lines[i].substr(colon + 1)));
    }
  }
  split_target(request);
  return request;
}

std::size_t parse_size(std::string_view text, int radix) {
  std::size_t size = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), size, radix);
  if (failure != std::errc() || end != text.data() + text.size()) {
    throw std::runtime_error("not a size: " + std::string(text));
  }
  return size;
}

ssize_t receive(int socket, char* data, std::size_t size, int flags) {
  for (;;) {
    const ssize_t count = ::recv(socket, data, size, flags);
    if (count >= 0 || errno != EINTR) {
      return count;
    }
  }
}

}  // namespace

std::string percent_decode(std::string_view text, bool plus_is_blank) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned value = 0;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(text.data() + i + 1, text.data() + i + 3, value, 16).ptr == text.data() + i + 3) {
      decoded += static_cast<char>(value);
      i += 2;
    } else {
      decoded += plus_is_blank && text[i] == '+' ? ' ' : text[i];
    }
  }
  return decoded;
}

void HttpConnection::settle() {
  if (last_byte_unread_) {
    char byte = 0;
    receive(socket_.get(), &byte, 1, 0);
    last_byte_unread_ = false;
  }
}

bool HttpConnection::fill() {
  settle();
  std::array<char, 16384> data{};
  const ssize_t seen = receive(socket_.get(), data.data(), data.size(), MSG_PEEK);
  if (seen <= 0) {
    return false;
  }
  if (seen > 1) {
    receive(socket_.get(), data.data(), static_cast<std::size_t>(seen - 1), 0);
  }
  // What was peeked at may have been two writes of the peer's, but it is all there.
  buffer_.append(data.data(), static_cast<std::size_t>(seen));
  last_byte_unread_ = true;
  return true;
}

bool HttpConnection::read_head(std::string& head) {
  for (;;) {
    const std::size_t end = buffer_.find("\r\n\r\n");
    if (end != std::string::npos) {
      head = take(end + 4);
      return true;
    }
    if (buffer_.size() > k_max_head) {
      throw std::runtime_error("a request's head does not end");
    }
    if (!fill()) {
      return false;
    }
  }
}

std::string HttpConnection::take(std::size_t count) {
  while (buffer_.size() < count) {
    if (!fill()) {
      throw std::runtime_error("a request was cut");
    }
  }
  std::string taken = buffer_.substr(0, count);
  buffer_.erase(0, count);
  return taken;
}

std::string HttpConnection::take_line() {
  std::size_t end = 0;
  while ((end = buffer_.find("\r\n")) == std::string::npos) {
    if (!fill()) {
      throw std::runtime_error("a request was cut");
    }
  }
  std::string line = take(end + 2);
  line.resize(end);
  return line;
}

std::string HttpConnection::read_body(const Request& request) {
  if (const auto length = request.headers.find("content-length"); length != request.headers.end()) {
    return take(parse_size(length->second, 10));
  }
  std::string body;
  const auto encoding = request.headers.find("transfer-encoding");
  if (encoding == request.headers.end() || encoding->second != "chunked") {
    return body;
  }
  while (const std::size_t size = parse_size(take_line(), 16)) {
    body += take(size);
    take_line();
  }
  take_line();
  return body;
}

std::optional<Request> HttpConnection::read_request() {
  std::string head;
  if (broken_ || !read_head(head)) {
    return std::nullopt;
  }
  Request request = parse_head(head);
  request.connection = number_;
  request.body = read_body(request);
  return request;
}

std::string HttpConnection::read_raw() {
  if (!buffer_.empty()) {
    return std::exchange(buffer_, {});
  }
  settle();
  std::string data(65536, '\0');
  // Also when nobody takes what is written any more: what the peer sent before it went away is still to be read.
  const ssize_t count = receive(socket_.get(), data.data(), data.size(), 0);
  data.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  return data;
}

void HttpConnection::break_after(std::size_t bytes, Break how) {
  bytes_left_ = bytes;
  break_how_ = how;
  if (bytes == 0) {
    break_off(how);
  }
}

void HttpConnection::break_off(Break how) {
  if (broken_) {
    return;
  }
  broken_ = true;
  if (how == Break::close) {
    settle();
    ::shutdown(socket_.get(), SHUT_RDWR);
    return;
  }
  if (!last_byte_unread_) {
    // The peer's next byte has to stay unread; there is none to be had when it waits for us: end it the other way.
    ::shutdown(socket_.get(), SHUT_RDWR);
  }
  // The connection's owner lets go of it now, which closes the socket with its unread byte.
}

void HttpConnection::send_now(std::string_view bytes) {
  while (!bytes.empty() && !broken_) {
    const ssize_t count = ::send(socket_.get(), bytes.data(), trickle_ ? 1 : bytes.size(), MSG_NOSIGNAL);
    if (count >= 0) {
      written_ += static_cast<std::size_t>(count);
      bytes.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno != EINTR) {
      broken_ = true;
    }
  }
}

void HttpConnection::write(std::string_view bytes) {
  if (!bytes_left_) {
    send_now(bytes);
    return;
  }
  const std::size_t allowed = std::min(*bytes_left_, bytes.size());
  send_now(bytes.substr(0, allowed));
  *bytes_left_ -= allowed;
  if (*bytes_left_ == 0) {
    break_off(break_how_);
  }
}

void HttpConnection::hang_up() {
  ::shutdown(socket_.get(), SHUT_RDWR);
}

void HttpConnection::end_input() {
  ::shutdown(socket_.get(), SHUT_RD);
}

}  // namespace docker_sandbox::support

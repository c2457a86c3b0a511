// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/os/unique_fd.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace docker_sandbox::support {

/// A request as it came over the wire.
struct Request {
  std::string method;
  std::string target;                          ///< as it was sent
  std::string version;                         ///< of the API, "1.41"; empty when the path has none
  std::string path;                            ///< decoded, without version and query
  std::map<std::string, std::string> query;    ///< decoded
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;
  int connection = 0;                      ///< number of the connection it came over, counted from 1
  std::uint64_t number = 0;                ///< of the request, counted from 1
  std::optional<std::size_t> answer_size;  ///< in bytes, once the answer is written

  /// "POST /containers/create": for comparisons of whole sequences.
  std::string call() const { return method + " " + path; }
};

/// How a connection that has to break does so.
enum class Break {
  close,  ///< the peer reads an end of file
  reset,  ///< the peer gets ECONNRESET
};

/// The server's side of one connection: reads requests, writes bytes, and breaks where it is told to. Used by one
/// thread; only hang_up and end_input may be called from others.
class HttpConnection {
 public:
  HttpConnection(os::UniqueFd socket, int number) : socket_(std::move(socket)), number_(number) {}

  /// The next request; nothing at the end of the stream. Throws std::runtime_error for what is not HTTP.
  std::optional<Request> read_request();

  /// The request will get its answer: from now on a close is a clean end, no reset.
  void settle();

  /// Bytes of an upgraded stream, some as they come; empty at its end.
  std::string read_raw();

  /// Writes all, as far as the connection is not broken: then the bytes are dropped.
  void write(std::string_view bytes);

  /// From now on each byte is a write of its own.
  void trickle() { trickle_ = true; }

  /// Breaks the connection when `bytes` more have been written.
  void break_after(std::size_t bytes, Break how);

  /// Breaks it now.
  void break_off(Break how);

  bool broken() const { return broken_; }
  std::size_t written() const { return written_; }

  /// No bytes go either way any more; wakes a thread that reads or writes.
  void hang_up();
  /// As if the peer had closed its side for writing; wakes a thread that reads.
  void end_input();

 private:
  bool fill();
  bool read_head(std::string& head);
  std::string read_body(const Request& request);
  std::string take(std::size_t count);
  std::string take_line();
  void send_now(std::string_view bytes);

  os::UniqueFd socket_;
  int number_;
  std::string buffer_;
  /// The last byte of what was read is left in the kernel until the request is known to be answered: closing a unix
  /// socket with unread bytes is what resets the peer.
  bool last_byte_unread_ = false;
  bool broken_ = false;
  bool trickle_ = false;
  std::size_t written_ = 0;
  std::optional<std::size_t> bytes_left_;
  Break break_how_ = Break::close;
};

/// "%41" -> "A"; '+' stays unless it is part of a query.
std::string percent_decode(std::string_view text, bool plus_is_blank);

}  // namespace docker_sandbox::support

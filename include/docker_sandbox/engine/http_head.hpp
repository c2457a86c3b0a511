// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace docker_sandbox::engine {

/// The head of an HTTP/1.x response. Header names are in lower case.
struct HttpHead {
  int status = 0;
  std::map<std::string, std::string> headers;
  std::size_t size = 0;  ///< bytes of the head, with the blank line; what follows is the body or the upgraded stream
};

/// No head is longer than this; dockerd's are some 200 bytes.
inline constexpr std::size_t k_max_http_head = 64 * 1024;

/// The head at the start of `bytes`, or nothing while it is not complete. Throws Error{engine_protocol} when the bytes
/// cannot become one.
std::optional<HttpHead> parse_http_head(std::string_view bytes);

}  // namespace docker_sandbox::engine

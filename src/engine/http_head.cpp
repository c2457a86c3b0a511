// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/engine/http_head.hpp"

#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/base/text.hpp"

#include <algorithm>
#include <cctype>

namespace docker_sandbox::engine {
namespace {

constexpr std::string_view k_version_prefix = "HTTP/1.";

[[noreturn]] void not_http(std::string_view bytes) {
  throw base::Error(base::ErrorKind::engine_protocol,
                    "the engine's answer is not HTTP: it starts with \"" + base::printable(bytes.substr(0, 40)) + "\"");
}

/// "HTTP/1.1 101 UPGRADED" -> 101.
int parse_status(std::string_view line) {
  // "HTTP/1.x SSS", with anything or nothing behind the status.
  constexpr std::size_t k_status_at = 9;
  const auto is_digit = [](char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; };
  if (line.size() < k_status_at + 3 || line[k_status_at] == '0' ||
      line.substr(0, k_version_prefix.size()) != k_version_prefix || line[k_status_at - 1] != ' ' ||
      !std::all_of(line.begin() + k_status_at, line.begin() + k_status_at + 3, is_digit)) {
    not_http(line);
  }
  return std::stoi(std::string(line.substr(k_status_at, 3)));
}

}  // namespace

std::optional<HttpHead> parse_http_head(std::string_view bytes) {
  const std::string_view start = bytes.substr(0, k_version_prefix.size());
  if (start != k_version_prefix.substr(0, start.size())) {
    not_http(bytes);
  }
  const std::size_t end = bytes.find("\r\n\r\n");
  if (end == std::string_view::npos) {
    if (bytes.size() > k_max_http_head) {
      throw base::Error(base::ErrorKind::engine_protocol, "the engine's answer has a head that does not end");
    }
    return std::nullopt;
  }
  HttpHead head;
  head.size = end + 4;
  std::string_view lines = bytes.substr(0, end);
  const std::size_t first_end = std::min(lines.find("\r\n"), lines.size());
  head.status = parse_status(lines.substr(0, first_end));
  lines.remove_prefix(first_end);
  while (!lines.empty()) {
    lines.remove_prefix(2);
    const std::size_t line_end = std::min(lines.find("\r\n"), lines.size());
    const std::string_view line = lines.substr(0, line_end);
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos) {
      head.headers[base::to_lower(line.substr(0, colon))] = std::string(base::trim(line.substr(colon + 1)));
    }
    lines.remove_prefix(line_end);
  }
  return head;
}

}  // namespace docker_sandbox::engine

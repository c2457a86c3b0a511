// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Small pure helpers on text that more than one module needs.
namespace docker_sandbox::base {

/// The parts between `separator`s; "" gives one empty part, as Go's strings.Split.
std::vector<std::string> split(std::string_view text, char separator);

/// `parts` with `separator` between them.
std::string join(const std::vector<std::string>& parts, std::string_view separator);

/// Without blanks, tabs and line ends at both ends.
std::string_view trim(std::string_view text);

/// ASCII letters in lower case, the rest unchanged.
std::string to_lower(std::string_view text);

/// `text` for a terminal or a log: control characters and invalid UTF-8 become visible escapes such as \x1b, so
/// that nothing that came from outside can move the cursor. Newlines too: the result is one line.
std::string printable(std::string_view text);

/// As printable, but keeps newlines and tabs: for messages of several lines.
std::string printable_lines(std::string_view text);

/// `text` as one word for a POSIX shell, in quotes.
std::string shell_quoted(std::string_view text);

/// Lower-case hexadecimal SHA-256 of `bytes`.
std::string sha256_hex(std::string_view bytes);

/// Standard or URL-safe base64 with padding.
std::string base64_encode(std::string_view bytes);
std::string base64url_encode(std::string_view bytes);
/// The bytes of standard base64, or nothing when it is malformed.
std::optional<std::string> base64_decode(std::string_view text);

/// `text` percent-encoded for use as one path segment or query value (RFC 3986: all but unreserved characters).
std::string percent_encode(std::string_view text);

}  // namespace docker_sandbox::base

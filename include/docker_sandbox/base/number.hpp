// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

namespace docker_sandbox::base {

/// The number that `text` is: digits, behind a minus where T has a sign. Nothing when it is anything else, has more behind
/// it, or does not fit into T.
template <typename T>
std::optional<T> parse_number(std::string_view text, int base = 10) {
  T number = 0;
  // cppcheck-suppress [invalidLifetime, danglingTemporaryLifetime]; callers' texts live as long as the call
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  return failure == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

}  // namespace docker_sandbox::base

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// Code points, as Go's strings and unicode packages see them.
namespace docker_sandbox::output::unicode {

inline constexpr char32_t k_replacement = 0xFFFD;

struct Rune {
  char32_t value = 0;
  std::size_t size = 1;  ///< bytes
  bool valid = true;     ///< else value is k_replacement, for one byte
};

/// The code point at `at`, which lies inside `text`.
Rune decode(std::string_view text, std::size_t at);

void append(std::string& text, char32_t rune);

bool is_letter(char32_t rune);
bool is_digit(char32_t rune);
bool is_space(char32_t rune);
/// Something to see, or the plain blank.
bool is_print(char32_t rune);

std::string to_upper(std::string_view text);
std::string to_lower(std::string_view text);
/// The first letter of each word in upper case, as Go's strings.Title has it.
std::string to_title(std::string_view text);

/// Number of code points.
std::size_t count(std::string_view text);
/// The first `runes` code points, or all that there are.
std::string_view first(std::string_view text, std::size_t runes);

/// As Go's strconv.Quote, and strconv.QuoteRune.
std::string quote(std::string_view text);
std::string quote_rune(char32_t rune);

/// "U+007D '}'": Go's %#U.
std::string describe(char32_t rune);

}  // namespace docker_sandbox::output::unicode

// SPDX-License-Identifier: Apache-2.0
#include "go_template_literals.hpp"

#include "docker_sandbox/base/number.hpp"
#include "unicode.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace docker_sandbox::output {
namespace {

/// One character of a quoted literal.
struct Unquoted {
  char32_t rune = 0;
  bool is_byte = false;  ///< \x41 and \101 stand for bytes, not for code points
};

std::optional<char32_t> read_digits(std::string_view text, std::size_t& at, std::size_t count, int radix) {
  if (at + count > text.size()) {
    return std::nullopt;
  }
  const std::optional<unsigned> value = base::parse_number<unsigned>(text.substr(at, count), radix);
  at += value ? count : 0;
  return value;
}

std::optional<Unquoted> numeric_escape(std::string_view text, std::size_t& at, char letter) {
  if (letter >= '0' && letter <= '7') {
    --at;
    const std::optional<char32_t> value = read_digits(text, at, 3, 8);
    return value && *value <= 0xFF ? std::optional(Unquoted{*value, true}) : std::nullopt;
  }
  const std::size_t count = letter == 'x' ? 2 : letter == 'u' ? 4 : letter == 'U' ? 8 : 0;
  if (count == 0) {
    return std::nullopt;
  }
  const std::optional<char32_t> value = read_digits(text, at, count, 16);
  if (!value) {
    return std::nullopt;
  }
  if (letter == 'x') {
    return Unquoted{*value, true};
  }
  const bool surrogate = *value >= 0xD800 && *value <= 0xDFFF;
  return *value > 0x10FFFF || surrogate ? std::nullopt : std::optional(Unquoted{*value, false});
}

/// As Go's strconv.UnquoteChar.
std::optional<Unquoted> unquote_character(std::string_view text, std::size_t& at, char quotation) {
  const unicode::Rune rune = unicode::decode(text, at);
  if (rune.value == static_cast<char32_t>(quotation)) {
    return std::nullopt;
  }
  if (rune.value != '\\') {
    const std::size_t begin = at;
    at += rune.size;
    return rune.valid ? Unquoted{rune.value, false} : Unquoted{static_cast<unsigned char>(text[begin]), true};
  }
  if (at + 1 >= text.size()) {
    return std::nullopt;
  }
  const char letter = text[at + 1];
  at += 2;
  constexpr std::string_view k_letters = "abfnrtv\\";
  constexpr std::string_view k_values = "\a\b\f\n\r\t\v\\";
  if (const std::size_t known = k_letters.find(letter); known != std::string_view::npos) {
    return Unquoted{static_cast<unsigned char>(k_values[known]), false};
  }
  if (letter == '\'' || letter == '"') {
    return letter == quotation ? std::optional(Unquoted{static_cast<unsigned char>(letter), false}) : std::nullopt;
  }
  return numeric_escape(text, at, letter);
}

/// Go allows underscores between digits and after a base prefix, and only when the base is spelled 0.
bool underscores_are_well_placed(std::string_view text) {
  if (text.find('_') == std::string_view::npos) {
    return true;
  }
  if (!text.empty() && (text.front() == '+' || text.front() == '-')) {
    text.remove_prefix(1);
  }
  const bool prefixed =
      text.size() > 1 && text[0] == '0' && std::string_view("xXoObB").find(text[1]) != std::string_view::npos;
  const bool hexadecimal = prefixed && (text[1] == 'x' || text[1] == 'X');
  if (prefixed) {
    text.remove_prefix(2);
  }
  bool digit_before = prefixed;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto is_digit = [&](char c) {
      return (c >= '0' && c <= '9') || (hexadecimal && ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')));
    };
    if (text[i] == '_' && (!digit_before || i + 1 >= text.size() || !is_digit(text[i + 1]))) {
      return false;
    }
    digit_before = is_digit(text[i]);
  }
  return true;
}

std::string without_underscores(std::string_view text) {
  std::string result(text);
  result.erase(std::remove(result.begin(), result.end(), '_'), result.end());
  return result;
}

std::optional<double> parse_float(std::string_view text) {
  if (!underscores_are_well_placed(text) || text.empty()) {
    return std::nullopt;
  }
  const std::string digits = without_underscores(text);
  const bool hexadecimal = digits.find_first_of("xX") != std::string::npos;
  const bool prefixed = digits.find_first_of("oObB") != std::string::npos && !hexadecimal;
  // Go wants an exponent in hexadecimal floats.
  if (prefixed || (hexadecimal && digits.find_first_of("pP") == std::string::npos)) {
    return std::nullopt;
  }
  char* end = nullptr;
  const double value = std::strtod(digits.c_str(), &end);
  if (end != digits.c_str() + digits.size() || end == digits.c_str() || std::isinf(value)) {
    return std::nullopt;
  }
  return value;
}

TemplateValue number_value(const std::string& text, std::string* problem) {
  if (const std::optional<std::int64_t> integer = parse_integer(text)) {
    return TemplateValue(*integer);
  }
  const std::optional<double> real = parse_float(text);
  if (!real) {
    // A whole number that no type of Go's can hold is told apart, as long as it is made of digits.
    *problem = "illegal number syntax: " + unicode::quote(text);
    return {};
  }
  if (text.find_first_of(".eEpP") == std::string::npos) {
    *problem = "integer overflow: " + unicode::quote(text);
    return {};
  }
  return TemplateValue(*real);
}

}  // namespace

std::optional<std::int64_t> parse_integer(std::string_view text) {
  if (!underscores_are_well_placed(text)) {
    return std::nullopt;
  }
  std::string digits = without_underscores(text);
  const bool negative = !digits.empty() && digits[0] == '-';
  if (!digits.empty() && (digits[0] == '-' || digits[0] == '+')) {
    digits.erase(0, 1);
  }
  int radix = 10;
  if (digits.size() > 1 && digits[0] == '0') {
    const char letter = digits[1];
    radix = letter == 'x' || letter == 'X' ? 16 : letter == 'b' || letter == 'B' ? 2 : 8;
    digits.erase(0, radix == 8 && letter != 'o' && letter != 'O' ? 1 : 2);
  }
  const std::optional<std::uint64_t> magnitude = base::parse_number<std::uint64_t>(digits, radix);
  constexpr auto k_limit = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (!magnitude || *magnitude > k_limit + (negative ? 1 : 0)) {
    return std::nullopt;
  }
  return static_cast<std::int64_t>(negative ? 0 - *magnitude : *magnitude);
}

std::optional<std::string> unquote(std::string_view quoted) {
  if (quoted.size() < 2 || quoted.front() != quoted.back()) {
    return std::nullopt;
  }
  const std::string_view inner = quoted.substr(1, quoted.size() - 2);
  std::string text;
  if (quoted.front() == '`') {
    text = inner;
    text.erase(std::remove(text.begin(), text.end(), '\r'), text.end());
    return text;
  }
  for (std::size_t at = 0; at < inner.size();) {
    const std::optional<Unquoted> character = unquote_character(inner, at, '"');
    if (!character) {
      return std::nullopt;
    }
    if (character->is_byte) {
      text += static_cast<char>(character->rune);
    } else {
      unicode::append(text, character->rune);
    }
  }
  return text;
}

TemplateValue literal_value(const Token& token, std::string* problem) {
  switch (token.kind) {
    case TokenKind::boolean:
      return TemplateValue(token.text == "true");
    case TokenKind::string:
    case TokenKind::raw_string:
      if (std::optional<std::string> text = unquote(token.text)) {
        return TemplateValue(std::move(*text));
      }
      *problem = "invalid syntax";
      return {};
    case TokenKind::character_constant: {
      std::size_t at = 1;
      const std::optional<Unquoted> character = unquote_character(token.text, at, '\'');
      if (!character) {
        *problem = "invalid syntax";
        return {};
      }
      if (token.text.substr(at) != "'") {
        *problem = "malformed character constant: " + token.text;
        return {};
      }
      return TemplateValue(static_cast<std::int64_t>(character->rune));
    }
    case TokenKind::complex_number:
      *problem = "complex numbers are not supported: " + unicode::quote(token.text);
      return {};
    default:
      return number_value(token.text, problem);
  }
}

}  // namespace docker_sandbox::output

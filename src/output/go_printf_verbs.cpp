// SPDX-License-Identifier: Apache-2.0
#include "go_printf_verbs.hpp"

#include "unicode.hpp"

#include <fmt/format.h>
#include <fmt/printf.h>

#include <algorithm>
#include <cmath>

namespace docker_sandbox::output {
namespace {

std::string padded(const VerbSpec& spec, std::string text) {
  const std::size_t size = unicode::count(text);
  if (!spec.width || *spec.width <= size) {
    return text;
  }
  const std::size_t missing = *spec.width - size;
  if (spec.minus) {
    return text + std::string(missing, ' ');
  }
  return std::string(missing, spec.zero ? '0' : ' ') + text;
}

std::string without_zero_padding(VerbSpec spec, std::string text) {
  spec.zero = false;
  return padded(spec, std::move(text));
}

std::string digits_in(std::uint64_t magnitude, unsigned base, bool upper_case) {
  const std::string_view digits = upper_case ? "0123456789ABCDEF" : "0123456789abcdef";
  std::string text;
  do {
    text.insert(text.begin(), digits[magnitude % base]);
    magnitude /= base;
  } while (magnitude != 0);
  return text;
}

std::string integer_text(const VerbSpec& spec, char32_t verb, std::int64_t value) {
  const bool negative = value < 0;
  const std::uint64_t magnitude = negative ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
  const unsigned base = verb == 'b' ? 2 : verb == 'o' || verb == 'O' ? 8 : verb == 'x' || verb == 'X' ? 16 : 10;
  std::string digits = digits_in(magnitude, base, verb == 'X');
  std::size_t least = spec.precision.value_or(0);
  if (spec.precision && *spec.precision == 0 && value == 0) {
    return std::string(spec.width.value_or(0), ' ');
  }
  const std::string sign = negative ? "-" : spec.plus ? "+" : spec.space ? " " : "";
  if (!spec.precision && spec.zero && !spec.minus && spec.width) {
    least = *spec.width - std::min(*spec.width, sign.size());
  }
  if (digits.size() < least) {
    digits.insert(0, least - digits.size(), '0');
  }
  if (spec.sharp) {
    digits.insert(0, verb == 'b'                       ? "0b"
                     : verb == 'o' && digits[0] != '0' ? "0"
                     : verb == 'x'                     ? "0x"
                     : verb == 'X'                     ? "0X"
                                                       : "");
  }
  if (verb == 'O') {
    digits.insert(0, "0o");
  }
  return without_zero_padding(spec, sign + digits);
}

std::string float_text(const VerbSpec& spec, char32_t verb, double value) {
  std::string text;
  const bool shortest = (verb == 'g' || verb == 'G' || verb == 'v') && !spec.precision;
  const auto precision = static_cast<int>(spec.precision.value_or(6));
  if (shortest || !std::isfinite(value)) {
    text = shortest_float(value);
  } else if (verb == 'e' || verb == 'E') {
    text = fmt::sprintf("%.*e", precision, value);
  } else if (verb == 'f' || verb == 'F') {
    text = fmt::sprintf("%.*f", precision, value);
  } else {
    text = fmt::sprintf("%.*g", precision, value);
  }
  if (verb == 'E' || verb == 'G') {
    std::transform(text.begin(), text.end(), text.begin(), [](char c) { return c == 'e' ? 'E' : c; });
  }
  const bool signed_already = text[0] == '-' || text[0] == '+';
  std::string sign = signed_already ? text.substr(0, 1) : "+";
  text.erase(0, signed_already ? 1 : 0);
  if (sign == "+" && !spec.plus) {
    sign = spec.space ? " " : "";
  }
  if (spec.zero && !spec.minus && std::isfinite(value) && spec.width && *spec.width > sign.size() + text.size()) {
    text.insert(0, *spec.width - sign.size() - text.size(), '0');
  }
  return without_zero_padding(spec, sign + text);
}

std::string hexadecimal_text(const VerbSpec& spec, char32_t verb, std::string_view bytes) {
  const std::string prefix = spec.sharp ? (verb == 'X' ? "0X" : "0x") : "";
  std::string text;
  for (const char c : bytes.substr(0, std::min(bytes.size(), spec.precision.value_or(bytes.size())))) {
    const bool first = text.empty();
    text += (spec.space && !first ? " " : "") + (first || spec.space ? prefix : std::string()) +
            (verb == 'X' ? fmt::format("{:02X}", static_cast<unsigned char>(c))
                         : fmt::format("{:02x}", static_cast<unsigned char>(c)));
  }
  return padded(spec, text);
}

std::string cut_to(const VerbSpec& spec, const std::string& text) {
  return spec.precision ? std::string(unicode::first(text, *spec.precision)) : text;
}

/// With + only ASCII stays.
std::string ascii_only(const std::string& quoted) {
  std::string text;
  for (std::size_t at = 0; at < quoted.size();) {
    const unicode::Rune rune = unicode::decode(quoted, at);
    if (rune.value < 0x80) {
      text += static_cast<char>(rune.value);
    } else {
      text += rune.value < 0x10000 ? fmt::format("\\u{:04x}", static_cast<unsigned>(rune.value))
                                   : fmt::format("\\U{:08x}", static_cast<unsigned>(rune.value));
    }
    at += rune.size;
  }
  return text;
}

bool can_be_raw(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return c != '`' && byte != 0x7F && (byte >= 0x20 || c == '\t');
  });
}

std::string quoted_text(const VerbSpec& spec, const std::string& whole) {
  const std::string text = cut_to(spec, whole);
  if (spec.sharp && can_be_raw(text)) {
    return padded(spec, "`" + text + "`");
  }
  const std::string quoted = unicode::quote(text);
  return padded(spec, spec.plus ? ascii_only(quoted) : quoted);
}

/// The code point that a number stands for with %c, %q and %U.
char32_t rune_of(std::int64_t value) {
  return value < 0 || value > 0x10FFFF ? unicode::k_replacement : static_cast<char32_t>(value);
}

std::string bad_verb(char32_t verb, const TemplateValue& value) {
  std::string text = "%!";
  unicode::append(text, verb);
  return value.is_nothing() ? text + "(<nil>)" : text + "(" + value.type_name() + "=" + to_text(value) + ")";
}

std::string format_container(const VerbSpec& spec, char32_t verb, const TemplateValue& value) {
  std::string text;
  if (const TemplateValue::List* list = value.list()) {
    for (const TemplateValue& element : *list) {
      text += (text.empty() ? "" : " ") + format_value(spec, verb, element);
    }
    return "[" + text + "]";
  }
  for (const auto* entry : value.map()->sorted()) {
    text += (text.empty() ? "" : " ") + format_value(spec, verb, TemplateValue(entry->first)) + ":" +
            format_value(spec, verb, entry->second);
  }
  return "map[" + text + "]";
}

std::string format_text(const VerbSpec& spec, char32_t verb, const TemplateValue& value) {
  const std::string& text = *value.text();
  switch (verb) {
    case 'v':
      return spec.sharp ? padded(spec, unicode::quote(text)) : padded(spec, cut_to(spec, text));
    case 's':
      return padded(spec, cut_to(spec, text));
    case 'x':
    case 'X':
      return hexadecimal_text(spec, verb, text);
    case 'q':
      return quoted_text(spec, text);
    default:
      return bad_verb(verb, value);
  }
}

std::string format_integer(const VerbSpec& spec, char32_t verb, const TemplateValue& value) {
  const std::int64_t integer = *value.integer();
  std::string text;
  switch (verb) {
    case 'v':
      return integer_text(spec, 'd', integer);
    case 'd':
    case 'b':
    case 'o':
    case 'O':
    case 'x':
    case 'X':
      return integer_text(spec, verb, integer);
    case 'c':
      unicode::append(text, rune_of(integer));
      return padded(spec, text);
    case 'q':
      text = unicode::quote_rune(rune_of(integer));
      return padded(spec, spec.plus ? ascii_only(text) : text);
    case 'U':
      text = unicode::describe(static_cast<char32_t>(integer));
      return without_zero_padding(spec, spec.sharp ? text : text.substr(0, text.find(' ')));
    default:
      return bad_verb(verb, value);
  }
}

}  // namespace

std::string format_value(const VerbSpec& spec, char32_t verb, const TemplateValue& value) {
  if (verb == 'T') {
    return padded(spec, value.type_name());
  }
  if (value.is_nothing()) {
    return verb == 'v' ? padded(spec, "<nil>") : bad_verb(verb, value);
  }
  if (value.list() != nullptr || value.map() != nullptr) {
    return format_container(spec, verb, value);
  }
  if (value.text() != nullptr) {
    return format_text(spec, verb, value);
  }
  if (value.integer() != nullptr) {
    return format_integer(spec, verb, value);
  }
  if (value.boolean() != nullptr) {
    return verb == 't' || verb == 'v' ? padded(spec, to_text(value)) : bad_verb(verb, value);
  }
  constexpr std::u32string_view k_float_verbs = U"veEfFgG";
  return k_float_verbs.find(verb) != std::u32string_view::npos ? float_text(spec, verb, *value.real())
                                                               : bad_verb(verb, value);
}

}  // namespace docker_sandbox::output

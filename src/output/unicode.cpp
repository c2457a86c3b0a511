// SPDX-License-Identifier: Apache-2.0
#include "unicode.hpp"

#include <fmt/format.h>

#include <array>
#include <clocale>
#include <cwctype>

namespace docker_sandbox::output::unicode {
namespace {

constexpr char32_t k_last = 0x10FFFF;

/// Unicode's classes, whatever the user's locale is; null where the C library has no such locale: then ASCII must do.
locale_t utf8_locale() {
  static const locale_t locale = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  return locale;
}

bool has_class(char32_t rune, int (*test)(wint_t, locale_t)) {
  return utf8_locale() != nullptr && test(static_cast<wint_t>(rune), utf8_locale()) != 0;
}

bool is_ascii_letter(char32_t rune) {
  return (rune >= 'a' && rune <= 'z') || (rune >= 'A' && rune <= 'Z');
}

char32_t upper_of(char32_t rune) {
  if (rune < 0x80) {
    return rune >= 'a' && rune <= 'z' ? rune - 'a' + 'A' : rune;
  }
  return utf8_locale() == nullptr ? rune
                                  : static_cast<char32_t>(::towupper_l(static_cast<wint_t>(rune), utf8_locale()));
}

char32_t lower_of(char32_t rune) {
  if (rune < 0x80) {
    return rune >= 'A' && rune <= 'Z' ? rune - 'A' + 'a' : rune;
  }
  return utf8_locale() == nullptr ? rune
                                  : static_cast<char32_t>(::towlower_l(static_cast<wint_t>(rune), utf8_locale()));
}

template <typename Map>
std::string map_runes(std::string_view text, const Map& map) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const Rune rune = decode(text, at);
    append(result, map(rune.value));
    at += rune.size;
  }
  return result;
}

bool separates_words(char32_t rune) {
  if (rune < 0x80) {
    return !is_ascii_letter(rune) && !is_digit(rune) && rune != '_';
  }
  return !is_letter(rune) && !is_digit(rune) && is_space(rune);
}

void append_escaped(std::string& text, char32_t rune, char quotation) {
  if (rune == static_cast<char32_t>(quotation) || rune == '\\') {
    text += '\\';
    text += static_cast<char>(rune);
    return;
  }
  if (is_print(rune)) {
    append(text, rune);
    return;
  }
  constexpr std::string_view k_controls = "\a\b\f\n\r\t\v";
  constexpr std::string_view k_letters = "abfnrtv";
  const std::size_t control = rune < 0x80 ? k_controls.find(static_cast<char>(rune)) : std::string_view::npos;
  if (control != std::string_view::npos) {
    text += '\\';
    text += k_letters[control];
  } else if (rune < 0x20 || rune == 0x7F) {
    text += fmt::format("\\x{:02x}", static_cast<unsigned>(rune));
  } else {
    text += rune < 0x10000 ? fmt::format("\\u{:04x}", static_cast<unsigned>(rune))
                           : fmt::format("\\U{:08x}", static_cast<unsigned>(rune));
  }
}

}  // namespace

Rune decode(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) {
    return {lead, 1, true};
  }
  const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  constexpr std::array<char32_t, 5> k_smallest{0, 0, 0x80, 0x800, 0x10000};
  if (lead < 0xC2 || lead > 0xF4 || at + size > text.size()) {
    return {k_replacement, 1, false};
  }
  char32_t value = lead & (0xFFU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) {
      return {k_replacement, 1, false};
    }
    value = (value << 6U) | (byte(i) & 0x3FU);
  }
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < k_smallest.at(size) || value > k_last || surrogate) {
    return {k_replacement, 1, false};
  }
  return {value, size, true};
}

void append(std::string& text, char32_t rune) {
  if (rune > k_last || (rune >= 0xD800 && rune <= 0xDFFF)) {
    rune = k_replacement;
  }
  const auto tail = [&](unsigned shift) { text += static_cast<char>(0x80U | ((rune >> shift) & 0x3FU)); };
  if (rune < 0x80) {
    text += static_cast<char>(rune);
  } else if (rune < 0x800) {
    text += static_cast<char>(0xC0U | (rune >> 6U));
    tail(0);
  } else if (rune < 0x10000) {
    text += static_cast<char>(0xE0U | (rune >> 12U));
    tail(6);
    tail(0);
  } else {
    text += static_cast<char>(0xF0U | (rune >> 18U));
    tail(12);
    tail(6);
    tail(0);
  }
}

bool is_letter(char32_t rune) {
  return rune < 0x80 ? is_ascii_letter(rune) : has_class(rune, ::iswalpha_l);
}

bool is_digit(char32_t rune) {
  return rune >= '0' && rune <= '9';
}

bool is_space(char32_t rune) {
  return rune < 0x80 ? (rune == ' ' || (rune >= '\t' && rune <= '\r')) : has_class(rune, ::iswspace_l) || rune == 0xA0;
}

bool is_print(char32_t rune) {
  if (rune < 0x80) {
    return rune >= 0x20 && rune < 0x7F;
  }
  // The C library counts these as printable, Go does not: they have no width or change the direction of text.
  const bool invisible = rune == 0xAD || (rune >= 0x200B && rune <= 0x200F) || (rune >= 0x202A && rune <= 0x202E) ||
                         (rune >= 0x2060 && rune <= 0x206F) || rune == 0xFEFF || (rune >= 0xE000 && rune <= 0xF8FF) ||
                         (rune >= 0xFFF9 && rune <= 0xFFFB) || rune >= 0xE0000;
  return !invisible && has_class(rune, ::iswprint_l) && !is_space(rune);
}

std::string to_upper(std::string_view text) {
  return map_runes(text, upper_of);
}
std::string to_lower(std::string_view text) {
  return map_runes(text, lower_of);
}

std::string to_title(std::string_view text) {
  char32_t before = ' ';
  return map_runes(text, [&before](char32_t rune) {
    const char32_t result = separates_words(before) ? upper_of(rune) : rune;
    before = rune;
    return result;
  });
}

std::size_t count(std::string_view text) {
  std::size_t runes = 0;
  for (std::size_t at = 0; at < text.size(); at += decode(text, at).size) {
    ++runes;
  }
  return runes;
}

std::string_view first(std::string_view text, std::size_t runes) {
  std::size_t end = 0;
  for (std::size_t taken = 0; taken < runes && end < text.size(); ++taken) {
    end += decode(text, end).size;
  }
  return text.substr(0, end);
}

std::string quote(std::string_view text) {
  std::string result = "\"";
  for (std::size_t at = 0; at < text.size();) {
    const Rune rune = decode(text, at);
    if (rune.valid) {
      append_escaped(result, rune.value, '"');
    } else {
      result += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[at]));
    }
    at += rune.size;
  }
  return result + "\"";
}

std::string quote_rune(char32_t rune) {
  std::string result = "'";
  append_escaped(result, rune > k_last ? k_replacement : rune, '\'');
  return result + "'";
}

std::string describe(char32_t rune) {
  std::string result = fmt::format("U+{:04X}", static_cast<unsigned>(rune));
  if (is_print(rune)) {
    result += " '";
    append(result, rune);
    result += "'";
  }
  return result;
}

}  // namespace docker_sandbox::output::unicode

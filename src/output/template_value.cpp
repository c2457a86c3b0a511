// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/output/template_value.hpp"

#include "docker_sandbox/base/text.hpp"
#include "unicode.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>

namespace docker_sandbox::output {
namespace {

/// Digits and decimal exponent of the shortest text that reads back as the same number.
struct Decimal {
  std::string digits;
  int exponent = 0;  ///< of the first digit
};

Decimal shortest_decimal(double magnitude) {
  std::array<char, 64> text{};
  const auto result = std::to_chars(text.data(), text.data() + text.size(), magnitude, std::chars_format::scientific);
  const std::string_view whole(text.data(), static_cast<std::size_t>(result.ptr - text.data()));
  const std::size_t e = whole.find('e');
  Decimal decimal;
  for (const char c : whole.substr(0, e)) {
    if (c != '.') {
      decimal.digits += c;
    }
  }
  decimal.exponent = std::stoi(std::string(whole.substr(e + 1)));
  return decimal;
}

std::string with_exponent(const Decimal& decimal, int least_exponent_digits) {
  std::string text = decimal.digits.substr(0, 1);
  if (decimal.digits.size() > 1) {
    text += "." + decimal.digits.substr(1);
  }
  return text + (decimal.exponent < 0 ? "e-" : "e+") +
         fmt::format("{:0{}}", std::abs(decimal.exponent), least_exponent_digits);
}

std::string without_exponent(const Decimal& decimal) {
  if (decimal.exponent < 0) {
    return "0." + std::string(static_cast<std::size_t>(-decimal.exponent - 1), '0') + decimal.digits;
  }
  const auto whole = static_cast<std::size_t>(decimal.exponent) + 1;
  if (decimal.digits.size() <= whole) {
    return decimal.digits + std::string(whole - decimal.digits.size(), '0');
  }
  return decimal.digits.substr(0, whole) + "." + decimal.digits.substr(whole);
}

std::string json_float(double value) {
  const double magnitude = std::abs(value);
  const Decimal decimal = shortest_decimal(magnitude);
  const bool scientific = magnitude != 0.0 && (magnitude < 1e-6 || magnitude >= 1e21);
  return (std::signbit(value) ? "-" : "") + (scientific ? with_exponent(decimal, 1) : without_exponent(decimal));
}

std::string json_string(std::string_view text) {
  constexpr char32_t k_line_separator = 0x2028;
  constexpr char32_t k_paragraph_separator = 0x2029;
  std::string result = "\"";
  for (std::size_t at = 0; at < text.size();) {
    const unicode::Rune rune = unicode::decode(text, at);
    constexpr std::string_view k_controls = "\b\f\n\r\t\"\\";
    constexpr std::string_view k_letters = "bfnrt\"\\";
    const std::size_t special =
        rune.value < 0x80 ? k_controls.find(static_cast<char>(rune.value)) : std::string_view::npos;
    if (special != std::string_view::npos) {
      result += '\\';
      result += k_letters[special];
    } else if (!rune.valid) {
      result += "\\ufffd";
    } else if (rune.value < 0x20 || (rune.value >= 0x7F && rune.value < 0xA0) || rune.value == k_line_separator ||
               rune.value == k_paragraph_separator) {
      // Go leaves U+007F to U+009F as they are; a terminal may take them for commands.
      result += fmt::format("\\u{:04x}", static_cast<unsigned>(rune.value));
    } else {
      result.append(text.substr(at, rune.size));
    }
    at += rune.size;
  }
  return result + "\"";
}

/// Without case and underscores.
std::string folded(std::string_view name) {
  std::string text = base::to_lower(name);
  text.erase(std::remove(text.begin(), text.end(), '_'), text.end());
  return text;
}

}  // namespace

TemplateValue::TemplateValue(TemplateMap map) : data_(std::make_shared<const TemplateMap>(std::move(map))) {}

TemplateValue TemplateValue::strings(const std::vector<std::string>& texts) {
  ListData data{.values = {}, .strings = true};
  for (const std::string& text : texts) {
    data.values.emplace_back(text);
  }
  TemplateValue value;
  value.data_ = std::make_shared<const ListData>(std::move(data));
  return value;
}

TemplateValue TemplateValue::list(List values) {
  TemplateValue value;
  value.data_ = std::make_shared<const ListData>(ListData{.values = std::move(values), .strings = false});
  return value;
}

const std::string* TemplateValue::text() const {
  const auto* data = std::get_if<std::shared_ptr<const std::string>>(&data_);
  return data == nullptr ? nullptr : data->get();
}

const TemplateValue::List* TemplateValue::list() const {
  const auto* data = std::get_if<std::shared_ptr<const ListData>>(&data_);
  return data == nullptr ? nullptr : &(*data)->values;
}

const TemplateMap* TemplateValue::map() const {
  const auto* data = std::get_if<std::shared_ptr<const TemplateMap>>(&data_);
  return data == nullptr ? nullptr : data->get();
}

bool TemplateValue::is_string_list() const {
  const auto* data = std::get_if<std::shared_ptr<const ListData>>(&data_);
  return data != nullptr && (*data)->strings;
}

std::string TemplateValue::type_name() const {
  if (boolean() != nullptr) {
    return "bool";
  }
  if (integer() != nullptr) {
    return "int";
  }
  if (real() != nullptr) {
    return "float64";
  }
  if (text() != nullptr) {
    return "string";
  }
  if (list() != nullptr) {
    return is_string_list() ? "[]string" : "[]interface {}";
  }
  return map() != nullptr ? map()->type_name : "<nil>";
}

bool TemplateValue::truth() const {
  if (boolean() != nullptr) {
    return *boolean();
  }
  if (integer() != nullptr) {
    return *integer() != 0;
  }
  if (real() != nullptr) {
    return *real() != 0.0;
  }
  if (text() != nullptr) {
    return !text()->empty();
  }
  if (list() != nullptr) {
    return !list()->empty();
  }
  return map() != nullptr && !map()->entries.empty();
}

const TemplateValue* TemplateMap::find(std::string_view name) const {
  const auto entry_of = [this](const auto& matches) -> const TemplateValue* {
    const auto entry = std::find_if(entries.begin(), entries.end(), [&](const auto& e) { return matches(e.first); });
    return entry == entries.end() ? nullptr : &entry->second;
  };
  if (const TemplateValue* value = entry_of([&](const std::string& known) { return known == name; })) {
    return value;
  }
  for (const auto& [spelling, entry] : other_names) {
    if (spelling == name) {
      return entry_of([&known = entry](const std::string& candidate) { return candidate == known; });
    }
  }
  if (names == Names::any_case) {
    return entry_of([wanted = folded(name)](const std::string& known) { return folded(known) == wanted; });
  }
  return nullptr;
}

std::vector<const std::pair<std::string, TemplateValue>*> TemplateMap::sorted() const {
  std::vector<const std::pair<std::string, TemplateValue>*> pointers;
  pointers.reserve(entries.size());
  for (const auto& entry : entries) {
    pointers.push_back(&entry);
  }
  std::sort(pointers.begin(), pointers.end(), [](const auto* a, const auto* b) { return a->first < b->first; });
  return pointers;
}

std::string shortest_float(double value) {
  if (!std::isfinite(value)) {
    return std::isnan(value) ? "NaN" : value < 0 ? "-Inf" : "+Inf";
  }
  // strconv's rule for 'g' in its shortest form.
  constexpr int k_smallest = -4;
  constexpr int k_digits = 6;
  const Decimal decimal = shortest_decimal(std::abs(value));
  const bool scientific = decimal.exponent < k_smallest || decimal.exponent >= k_digits;
  return (std::signbit(value) ? "-" : "") + (scientific ? with_exponent(decimal, 2) : without_exponent(decimal));
}

std::string to_text(const TemplateValue& value) {
  if (value.is_nothing()) {
    return "<nil>";
  }
  if (const bool* boolean = value.boolean()) {
    return *boolean ? "true" : "false";
  }
  if (const std::int64_t* integer = value.integer()) {
    return std::to_string(*integer);
  }
  if (const double* real = value.real()) {
    return shortest_float(*real);
  }
  if (const std::string* text = value.text()) {
    return *text;
  }
  std::string result;
  if (const TemplateValue::List* list = value.list()) {
    for (const TemplateValue& element : *list) {
      result += (result.empty() ? "" : " ") + to_text(element);
    }
    return "[" + result + "]";
  }
  for (const auto* entry : value.map()->sorted()) {
    result += (result.empty() ? "" : " ") + entry->first + ":" + to_text(entry->second);
  }
  return "map[" + result + "]";
}

std::string to_json(const TemplateValue& value) {
  if (value.is_nothing()) {
    return "null";
  }
  if (const double* real = value.real()) {
    return std::isfinite(*real) ? json_float(*real) : "null";
  }
  if (const std::string* text = value.text()) {
    return json_string(*text);
  }
  std::string result;
  if (const TemplateValue::List* list = value.list()) {
    for (const TemplateValue& element : *list) {
      result += (result.empty() ? "" : ",") + to_json(element);
    }
    return "[" + result + "]";
  }
  if (const TemplateMap* map = value.map()) {
    for (const auto& [name, element] : map->entries) {
      result += (result.empty() ? "" : ",") + json_string(name) + ":" + to_json(element);
    }
    return "{" + result + "}";
  }
  return to_text(value);
}

}  // namespace docker_sandbox::output

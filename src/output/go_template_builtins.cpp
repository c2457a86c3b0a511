// SPDX-License-Identifier: Apache-2.0
// Go's own template functions that look into values or escape text.
#include "go_template_functions.hpp"
#include "unicode.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace docker_sandbox::output {
namespace {

using Arguments = TemplateFunction::Arguments;

/// The index that `value` stands for, at most `length` (or below it).
std::size_t checked_index(const TemplateValue& value, std::size_t length, bool may_be_length) {
  if (value.is_nothing()) {
    throw FunctionError("cannot index slice/array with nil");
  }
  const std::int64_t* integer = value.integer();
  if (integer == nullptr) {
    throw FunctionError("cannot index slice/array with type " + value.type_name());
  }
  const std::size_t end = length + (may_be_length ? 1 : 0);
  if (*integer < 0 || static_cast<std::size_t>(*integer) >= end) {
    throw FunctionError("index out of range: " + std::to_string(*integer));
  }
  return static_cast<std::size_t>(*integer);
}

bool is_row(const TemplateValue& value) {
  return value.map() != nullptr && value.map()->missing == TemplateMap::Missing::no_such_field;
}

/// Go looks through the pointer that a row is.
std::string pointee_type(const TemplateValue& value) {
  const std::string name = value.type_name();
  return name[0] == '*' ? name.substr(1) : name;
}

TemplateValue map_element(const TemplateValue& item, const TemplateValue& key) {
  if (key.is_nothing()) {
    throw FunctionError("value is nil; should be of type string");
  }
  if (key.text() == nullptr) {
    throw FunctionError("value has type " + key.type_name() + "; should be string");
  }
  if (const TemplateValue* found = item.map()->find(*key.text())) {
    return *found;
  }
  // A map of strings has an empty string for what it does not have.
  return item.map()->type_name == "map[string]string" ? TemplateValue("") : TemplateValue();
}

TemplateValue element(const TemplateValue& item, const TemplateValue& index) {
  if (const TemplateValue::List* list = item.list()) {
    return list->at(checked_index(index, list->size(), false));
  }
  if (const std::string* text = item.text()) {
    const char byte = text->at(checked_index(index, text->size(), false));
    return TemplateValue(static_cast<std::int64_t>(static_cast<unsigned char>(byte)));
  }
  if (item.map() != nullptr && !is_row(item)) {
    return map_element(item, index);
  }
  throw FunctionError("can't index item of type " + pointee_type(item));
}

/// The text that html, js and urlquery work on.
std::string text_of(const Arguments& arguments, TemplateBudget& budget) {
  return arguments.size() == 1 && arguments[0].text() != nullptr ? *arguments[0].text() : sprint(arguments, budget);
}

enum class BasicKind { none, boolean, integer, real, text, other };

BasicKind kind_of(const TemplateValue& value) {
  return value.is_nothing()           ? BasicKind::none
         : value.boolean() != nullptr ? BasicKind::boolean
         : value.integer() != nullptr ? BasicKind::integer
         : value.real() != nullptr    ? BasicKind::real
         : value.text() != nullptr    ? BasicKind::text
                                      : BasicKind::other;
}

}  // namespace

TemplateValue call_index(const Arguments& arguments, TemplateBudget& budget) {
  if (arguments[0].is_nothing()) {
    throw FunctionError("index of untyped nil");
  }
  TemplateValue item = arguments[0];
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    budget.step();
    if (item.is_nothing()) {
      throw FunctionError("index of nil pointer");
    }
    item = element(item, arguments[i]);
  }
  return item;
}

TemplateValue call_slice(const Arguments& arguments, TemplateBudget& budget) {
  const TemplateValue& item = arguments[0];
  constexpr std::size_t k_most_indexes = 3;
  if (item.is_nothing()) {
    throw FunctionError("slice of untyped nil");
  }
  const std::size_t indexes = arguments.size() - 1;
  if (indexes > k_most_indexes) {
    throw FunctionError("too many slice indexes: " + std::to_string(indexes));
  }
  if (item.text() == nullptr && item.list() == nullptr) {
    throw FunctionError("can't slice item of type " + item.type_name());
  }
  if (item.text() != nullptr && indexes == k_most_indexes) {
    throw FunctionError("cannot 3-index slice a string");
  }
  const std::size_t length = item.text() != nullptr ? item.text()->size() : item.list()->size();
  std::array<std::size_t, k_most_indexes> bounds{0, length, length};
  for (std::size_t i = 0; i < indexes; ++i) {
    bounds.at(i) = checked_index(arguments[i + 1], length, true);
  }
  for (const std::size_t i : {0U, 1U}) {
    if (bounds.at(i) > bounds.at(i + 1) && (i == 0 || indexes == k_most_indexes)) {
      throw FunctionError("invalid slice index: " + std::to_string(bounds.at(i)) + " > " +
                          std::to_string(bounds.at(i + 1)));
    }
  }
  budget.bytes(bounds[1] - bounds[0]);
  if (item.text() != nullptr) {
    return TemplateValue(item.text()->substr(bounds[0], bounds[1] - bounds[0]));
  }
  const TemplateValue::List& list = *item.list();
  const auto begin = list.begin() + static_cast<std::ptrdiff_t>(bounds[0]);
  const auto end = list.begin() + static_cast<std::ptrdiff_t>(bounds[1]);
  if (!item.is_string_list()) {
    return TemplateValue::list({begin, end});
  }
  std::vector<std::string> texts;
  std::transform(begin, end, std::back_inserter(texts), [](const TemplateValue& value) { return *value.text(); });
  return TemplateValue::strings(texts);
}

TemplateValue call_len(const Arguments& arguments, TemplateBudget& /*budget*/) {
  const TemplateValue& item = arguments[0];
  if (item.is_nothing()) {
    throw FunctionError("reflect: call of reflect.Value.Type on zero Value");
  }
  const auto value_of = [](std::size_t size) { return TemplateValue(static_cast<std::int64_t>(size)); };
  if (item.text() != nullptr) {
    return value_of(item.text()->size());
  }
  if (item.list() != nullptr) {
    return value_of(item.list()->size());
  }
  if (item.map() != nullptr && !is_row(item)) {
    return value_of(item.map()->entries.size());
  }
  throw FunctionError("len of type " + pointee_type(item));
}

TemplateValue call_html(const Arguments& arguments, TemplateBudget& budget) {
  std::string result;
  for (const char c : text_of(arguments, budget)) {
    switch (c) {
      case '\0':
        result += "\xEF\xBF\xBD";
        break;
      case '"':
        result += "&#34;";
        break;
      case '\'':
        result += "&#39;";
        break;
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      default:
        result += c;
    }
  }
  budget.bytes(result.size());
  return TemplateValue(std::move(result));
}

TemplateValue call_js(const Arguments& arguments, TemplateBudget& budget) {
  const std::string text = text_of(arguments, budget);
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const unicode::Rune rune = unicode::decode(text, at);
    const bool of_markup =
        rune.value < 0x80 && std::string_view("<>&=").find(static_cast<char>(rune.value)) != std::string_view::npos;
    if (rune.value == '\\' || rune.value == '\'' || rune.value == '"') {
      result += '\\';
      result += static_cast<char>(rune.value);
    } else if (!of_markup && rune.value >= 0x20 && (rune.value < 0x80 || unicode::is_print(rune.value))) {
      result.append(text, at, rune.size);
    } else {
      result += fmt::format("\\u{:04X}", static_cast<unsigned>(rune.value));
    }
    at += rune.size;
  }
  budget.bytes(result.size());
  return TemplateValue(std::move(result));
}

TemplateValue call_urlquery(const Arguments& arguments, TemplateBudget& budget) {
  std::string result;
  for (const char c : text_of(arguments, budget)) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
                       c == '_' || c == '.' || c == '~';
    result += plain ? std::string(1, c) : c == ' ' ? "+" : fmt::format("%{:02X}", byte);
  }
  budget.bytes(result.size());
  return TemplateValue(std::move(result));
}

bool equal(const TemplateValue& a, const TemplateValue& b) {
  const BasicKind kind = kind_of(a);
  if (kind != kind_of(b)) {
    if (!a.is_nothing() && !b.is_nothing()) {
      throw FunctionError("incompatible types for comparison");
    }
    return false;
  }
  switch (kind) {
    case BasicKind::none:
      return true;
    case BasicKind::boolean:
      return *a.boolean() == *b.boolean();
    case BasicKind::integer:
      return *a.integer() == *b.integer();
    case BasicKind::real:
      return *a.real() == *b.real();
    case BasicKind::text:
      return *a.text() == *b.text();
    case BasicKind::other:
      break;
  }
  throw FunctionError("non-comparable type " + to_text(a) + ": " + b.type_name());
}

bool less(const TemplateValue& a, const TemplateValue& b) {
  const auto is_ordered = [](BasicKind kind) {
    return kind == BasicKind::integer || kind == BasicKind::real || kind == BasicKind::text ||
           kind == BasicKind::boolean;
  };
  const BasicKind kind = kind_of(a);
  if (!is_ordered(kind) || !is_ordered(kind_of(b)) || (kind == kind_of(b) && kind == BasicKind::boolean)) {
    throw FunctionError("invalid type for comparison");
  }
  if (kind != kind_of(b)) {
    throw FunctionError("incompatible types for comparison");
  }
  return kind == BasicKind::integer ? *a.integer() < *b.integer()
         : kind == BasicKind::real  ? *a.real() < *b.real()
                                    : *a.text() < *b.text();
}

}  // namespace docker_sandbox::output

// SPDX-License-Identifier: Apache-2.0
#include "go_template_functions.hpp"

#include "docker_sandbox/base/text.hpp"
#include "go_printf.hpp"
#include "unicode.hpp"

#include <algorithm>
#include <array>

namespace docker_sandbox::output {
namespace {

using Arguments = TemplateFunction::Arguments;
using enum ParameterType;

const std::string& text_at(const Arguments& arguments, std::size_t index) {
  return *arguments.at(index).text();
}

TemplateValue text_value(std::string text, TemplateBudget& budget) {
  budget.bytes(text.size());
  return TemplateValue(std::move(text));
}

TemplateValue call_json(const Arguments& arguments, TemplateBudget& budget) {
  return text_value(to_json(arguments[0]), budget);
}

TemplateValue call_lower(const Arguments& arguments, TemplateBudget& budget) {
  return text_value(unicode::to_lower(text_at(arguments, 0)), budget);
}

TemplateValue call_upper(const Arguments& arguments, TemplateBudget& budget) {
  return text_value(unicode::to_upper(text_at(arguments, 0)), budget);
}

TemplateValue call_title(const Arguments& arguments, TemplateBudget& budget) {
  return text_value(unicode::to_title(text_at(arguments, 0)), budget);
}

TemplateValue call_join(const Arguments& arguments, TemplateBudget& budget) {
  const TemplateValue::List* list = arguments[0].list();
  const std::string& separator = text_at(arguments, 1);
  std::string text;
  for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
    budget.bytes(separator.size() + list->at(i).text()->size());
    text += (i == 0 ? "" : separator) + *list->at(i).text();
  }
  return text_value(std::move(text), budget);
}

TemplateValue call_split(const Arguments& arguments, TemplateBudget& budget) {
  const std::string& text = text_at(arguments, 0);
  const std::string& separator = text_at(arguments, 1);
  std::vector<std::string> parts;
  std::size_t at = 0;
  if (separator.empty()) {
    for (; at < text.size(); at += unicode::decode(text, at).size) {
      budget.step();
      parts.push_back(text.substr(at, unicode::decode(text, at).size));
    }
    return TemplateValue::strings(parts);
  }
  for (;;) {
    const std::size_t end = text.find(separator, at);
    budget.bytes(std::min(end, text.size()) - at);
    parts.push_back(text.substr(at, end - at));
    if (end == std::string::npos) {
      return TemplateValue::strings(parts);
    }
    at = end + separator.size();
  }
}

TemplateValue call_pad(const Arguments& arguments, TemplateBudget& budget) {
  const std::string& text = text_at(arguments, 0);
  const std::int64_t before = *arguments[1].integer();
  const std::int64_t after = *arguments[2].integer();
  if (text.empty()) {
    return TemplateValue(text);
  }
  if (before < 0 || after < 0) {
    throw FunctionError("strings: negative Repeat count");
  }
  budget.bytes(static_cast<std::size_t>(before));
  budget.bytes(static_cast<std::size_t>(after));
  return text_value(
      std::string(static_cast<std::size_t>(before), ' ') + text + std::string(static_cast<std::size_t>(after), ' '),
      budget);
}

TemplateValue call_truncate(const Arguments& arguments, TemplateBudget& budget) {
  const std::string& text = text_at(arguments, 0);
  const std::int64_t length = *arguments[1].integer();
  if (length < 0) {
    throw FunctionError("runtime error: slice bounds out of range [:" + std::to_string(length) + "]");
  }
  return text_value(text.substr(0, static_cast<std::size_t>(length)), budget);
}

TemplateValue call_print(const Arguments& arguments, TemplateBudget& budget) {
  return text_value(sprint(arguments, budget), budget);
}

TemplateValue call_println(const Arguments& arguments, TemplateBudget& budget) {
  std::string text;
  for (const TemplateValue& value : arguments) {
    const std::string operand = to_text(value);
    budget.bytes(operand.size());
    text += (&value == arguments.data() ? "" : " ") + operand;
  }
  return text_value(text + "\n", budget);
}

TemplateValue call_printf(const Arguments& arguments, TemplateBudget& budget) {
  return text_value(go_printf(text_at(arguments, 0), {arguments.begin() + 1, arguments.end()}, budget), budget);
}

TemplateValue call_not(const Arguments& arguments, TemplateBudget& /*budget*/) {
  return TemplateValue(!arguments[0].truth());
}

/// `and` and `or` stop at the argument that decides; whoever evaluates arguments sees to that. Here the last one counts.
TemplateValue call_last(const Arguments& arguments, TemplateBudget& /*budget*/) {
  return arguments.back();
}

TemplateValue call_eq(const Arguments& arguments, TemplateBudget& /*budget*/) {
  if (arguments.size() < 2) {
    throw FunctionError("missing argument for comparison");
  }
  return TemplateValue(std::any_of(arguments.begin() + 1, arguments.end(),
                                   [&](const TemplateValue& other) { return equal(arguments[0], other); }));
}

TemplateValue call_ne(const Arguments& arguments, TemplateBudget& /*budget*/) {
  return TemplateValue(!equal(arguments[0], arguments[1]));
}
TemplateValue call_lt(const Arguments& arguments, TemplateBudget& /*budget*/) {
  return TemplateValue(less(arguments[0], arguments[1]));
}
TemplateValue call_le(const Arguments& arguments, TemplateBudget& /*budget*/) {
  return TemplateValue(less(arguments[0], arguments[1]) || equal(arguments[0], arguments[1]));
}
TemplateValue call_gt(const Arguments& arguments, TemplateBudget& /*budget*/) {
  return TemplateValue(!less(arguments[0], arguments[1]) && !equal(arguments[0], arguments[1]));
}
TemplateValue call_ge(const Arguments& arguments, TemplateBudget& /*budget*/) {
  return TemplateValue(!less(arguments[0], arguments[1]));
}

TemplateValue call_first(const Arguments& arguments, TemplateBudget& /*budget*/) {
  return arguments.front();
}

const std::vector<TemplateFunction>& functions() {
  static const std::vector<TemplateFunction> table{
      {"and", {any, any}, true, call_last},
      {"eq", {any, any}, true, call_eq},
      {"ge", {any, any}, false, call_ge},
      {"gt", {any, any}, false, call_gt},
      {"html", {any}, true, call_html},
      {"index", {any, any}, true, call_index},
      {"join", {strings, text}, false, call_join},
      {"js", {any}, true, call_js},
      {"json", {any}, false, call_json},
      {"le", {any, any}, false, call_le},
      {"len", {any}, false, call_len},
      {"lower", {text}, false, call_lower},
      {"lt", {any, any}, false, call_lt},
      {"ne", {any, any}, false, call_ne},
      {"not", {any}, false, call_not},
      {"or", {any, any}, true, call_last},
      {"pad", {text, integer, integer}, false, call_pad},
      {"print", {any}, true, call_print},
      {"printf", {text, any}, true, call_printf},
      {"println", {any}, true, call_println},
      {"slice", {any, any}, true, call_slice},
      {"split", {text, text}, false, call_split},
      {"title", {text}, false, call_title},
      {"truncate", {text, integer}, false, call_truncate},
      {"upper", {text}, false, call_upper},
      {"urlquery", {any}, true, call_urlquery},
  };
  return table;
}

const std::vector<TemplateFunction>& header_functions() {
  static const std::vector<TemplateFunction> table{
      {"join", {text, text}, false, call_first}, {"json", {text}, false, call_first},
      {"lower", {text}, false, call_first},      {"split", {text, text}, false, call_first},
      {"title", {text}, false, call_first},      {"truncate", {text, integer}, false, call_first},
      {"upper", {text}, false, call_first},
  };
  return table;
}

const TemplateFunction* find_in(const std::vector<TemplateFunction>& table, std::string_view name) {
  const auto found =
      std::find_if(table.begin(), table.end(), [&](const TemplateFunction& f) { return f.name == name; });
  return found == table.end() ? nullptr : &*found;
}

}  // namespace

void TemplateBudget::spend(std::size_t steps) {
  if (steps > left_) {
    throw BudgetExceeded();
  }
  left_ -= steps;
}

std::string_view name_of(ParameterType type) {
  constexpr std::array<std::string_view, 4> k_names{"interface {}", "string", "int", "[]string"};
  return k_names.at(static_cast<std::size_t>(type));
}

const TemplateFunction* find_function(std::string_view name) {
  return find_in(functions(), name);
}

const TemplateFunction* find_header_function(std::string_view name) {
  const TemplateFunction* function = find_in(header_functions(), name);
  return function == nullptr ? find_function(name) : function;
}

std::string sprint(const Arguments& arguments, TemplateBudget& budget) {
  std::string text;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    // Go sets a blank between two operands when neither is a string.
    const bool blank = i > 0 && arguments[i].text() == nullptr && arguments[i - 1].text() == nullptr;
    const std::string operand = to_text(arguments[i]);
    budget.bytes(operand.size());
    text += (blank ? " " : "") + operand;
  }
  return text;
}

}  // namespace docker_sandbox::output

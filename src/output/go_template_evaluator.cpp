// SPDX-License-Identifier: Apache-2.0
#include "go_template_evaluator.hpp"

#include "docker_sandbox/base/error.hpp"
#include "unicode.hpp"

#include <algorithm>
#include <optional>

namespace docker_sandbox::output {

using Kind = TemplateNode::Kind;

void TemplateEvaluator::fail(const std::string& what) const {
  std::string where = "template: : ";
  if (node_ != nullptr) {
    where = "template: " + location_of(text_, node_->position) + ": executing \"\" at <" + to_source(*node_) + ">: ";
  }
  throw base::Error(base::ErrorKind::invalid_value, "template parsing error: " + where + what);
}

TemplateValue TemplateEvaluator::pipeline(const TemplateValue& dot, const TemplateNode& pipe) {
  look_at(pipe);
  std::optional<TemplateValue> value;
  for (const NodePtr& stage : pipe.children) {
    TemplateValue result = command(dot, *stage, value ? &*value : nullptr);
    value = std::move(result);
  }
  for (const std::string& name : pipe.names) {
    if (pipe.is_assignment) {
      set_variable(name, *value);
    } else {
      variables_.emplace_back(name, *value);
    }
  }
  return *value;
}

TemplateValue& TemplateEvaluator::variable(const std::string& name) {
  const auto found =
      std::find_if(variables_.rbegin(), variables_.rend(), [&](const auto& v) { return v.first == name; });
  if (found == variables_.rend()) {
    fail("undefined variable: " + name);
  }
  return found->second;
}

TemplateValue TemplateEvaluator::command(const TemplateValue& dot, const TemplateNode& node,
                                         const TemplateValue* last) {
  const TemplateNode& first = *node.children.front();
  switch (first.kind) {
    case Kind::identifier:
      return call(dot, first, node, &node, last);
    case Kind::field:
    case Kind::chain:
    case Kind::variable:
      return fields(dot, first, &node, last);
    default:
      break;
  }
  if (first.kind != Kind::pipe) {
    look_at(first);
  }
  if (node.children.size() > 1 || last != nullptr) {
    fail("can't give argument to non-function " + to_source(first));
  }
  switch (first.kind) {
    case Kind::pipe:
      return pipeline(dot, first);
    case Kind::dot:
      return dot;
    case Kind::nil:
      fail("nil is not a command");
    default:
      return first.value;
  }
}

TemplateValue TemplateEvaluator::fields(const TemplateValue& dot, const TemplateNode& operand, const TemplateNode* node,
                                        const TemplateValue* last) {
  look_at(operand);
  TemplateValue receiver = dot;
  std::size_t begin = 0;
  if (operand.kind == Kind::variable) {
    receiver = variable(operand.names[0]);
    begin = 1;
  } else if (operand.kind == Kind::chain) {
    receiver = argument(dot, *operand.children[0]);
  }
  if (begin == operand.names.size()) {
    if ((node != nullptr && node->children.size() > 1) || last != nullptr) {
      fail("can't give argument to non-function " + to_source(operand));
    }
    return receiver;
  }
  for (std::size_t i = begin; i + 1 < operand.names.size(); ++i) {
    receiver = field(dot, operand, operand.names[i], nullptr, nullptr, receiver);
  }
  return field(dot, operand, operand.names.back(), node, last, receiver);
}

TemplateValue TemplateEvaluator::field(const TemplateValue& dot, const TemplateNode& operand, const std::string& name,
                                       const TemplateNode* node, const TemplateValue* last,
                                       const TemplateValue& receiver) {
  if (receiver.is_nothing()) {
    return {};
  }
  const TemplateMap* map = receiver.map();
  if (map == nullptr) {
    fail("can't evaluate field " + name + " in type " + receiver.type_name());
  }
  for (const auto& [method, body] : map->methods) {
    if (method == name) {
      const TemplateFunction::Arguments given = arguments(dot, name, {ParameterType::text}, false, node, last);
      return body(*given[0].text());
    }
  }
  const std::size_t given = (node == nullptr ? 0 : node->children.size() - 1) + (last == nullptr ? 0 : 1);
  const TemplateValue* value = map->find(name);
  if (map->missing == TemplateMap::Missing::no_such_field) {
    if (value == nullptr) {
      fail("can't evaluate field " + name + " in type " + map->type_name);
    }
    if (given > 0) {
      look_at(operand);
      fail("wrong number of args for " + name + ": want 0 got " + std::to_string(given));
    }
  } else if (given > 0) {
    fail(name + " is not a method but has arguments");
  } else if (value == nullptr && map->missing == TemplateMap::Missing::no_such_key) {
    fail("map has no entry for key " + unicode::quote(name));
  }
  return value == nullptr ? TemplateValue() : *value;
}

TemplateValue TemplateEvaluator::call(const TemplateValue& dot, const TemplateNode& identifier,
                                      const TemplateNode& context, const TemplateNode* node,
                                      const TemplateValue* last) {
  look_at(identifier);
  const TemplateFunction& function = *find_function_(identifier.text);
  if (function.name == "and" || function.name == "or") {
    check_count(identifier.text, function.parameters, function.variadic, node, last);
    return short_circuit(dot, function.name == "or", node, last);
  }
  const TemplateFunction::Arguments given =
      arguments(dot, identifier.text, function.parameters, function.variadic, node, last);
  try {
    return function.call(given, budget_);
  } catch (const FunctionError& error) {
    look_at(context);
    fail("error calling " + identifier.text + ": " + error.what());
  }
}

void TemplateEvaluator::check_count(const std::string& name, const std::vector<ParameterType>& parameters,
                                    bool variadic, const TemplateNode* node, const TemplateValue* last) const {
  const std::size_t written = node == nullptr ? 0 : node->children.size() - 1;
  const std::size_t count = written + (last == nullptr ? 0 : 1);
  const std::size_t fixed = parameters.size() - (variadic ? 1 : 0);
  if (variadic && count < fixed) {
    fail("wrong number of args for " + name + ": want at least " + std::to_string(fixed) + " got " +
         std::to_string(written));
  }
  if (!variadic && count != fixed) {
    fail("wrong number of args for " + name + ": want " + std::to_string(fixed) + " got " + std::to_string(count));
  }
}

TemplateValue TemplateEvaluator::short_circuit(const TemplateValue& dot, bool is_or, const TemplateNode* node,
                                               const TemplateValue* last) {
  TemplateValue value;
  for (std::size_t i = 1; node != nullptr && i < node->children.size(); ++i) {
    value = argument_of_type(dot, *node->children[i], ParameterType::any);
    if (value.truth() == is_or) {
      return value;
    }
  }
  return last == nullptr ? value : *last;
}

TemplateFunction::Arguments TemplateEvaluator::arguments(const TemplateValue& dot, const std::string& name,
                                                         const std::vector<ParameterType>& parameters, bool variadic,
                                                         const TemplateNode* node, const TemplateValue* last) {
  check_count(name, parameters, variadic, node, last);
  const auto type_of = [&](std::size_t index) { return parameters[std::min(index, parameters.size() - 1)]; };
  TemplateFunction::Arguments values;
  for (std::size_t i = 1; node != nullptr && i < node->children.size(); ++i) {
    values.push_back(argument_of_type(dot, *node->children[i], type_of(i - 1)));
  }
  if (last != nullptr) {
    values.push_back(checked(*last, type_of(values.size())));
  }
  return values;
}

TemplateValue TemplateEvaluator::argument(const TemplateValue& dot, const TemplateNode& node) {
  look_at(node);
  switch (node.kind) {
    case Kind::dot:
      return dot;
    case Kind::field:
    case Kind::variable:
    case Kind::chain:
      return fields(dot, node, nullptr, nullptr);
    case Kind::pipe:
      return pipeline(dot, node);
    case Kind::identifier:
      return call(dot, node, node, nullptr, nullptr);
    default:
      return node.value;
  }
}

TemplateValue TemplateEvaluator::argument_of_type(const TemplateValue& dot, const TemplateNode& node,
                                                  ParameterType type) {
  look_at(node);
  if (node.kind == Kind::nil) {
    if (type == ParameterType::text || type == ParameterType::integer) {
      fail("cannot assign nil to " + std::string(name_of(type)));
    }
    return {};
  }
  if (node.kind != Kind::constant && node.kind != Kind::string) {
    return checked(argument(dot, node), type);
  }
  switch (type) {
    case ParameterType::any:
      break;
    case ParameterType::text:
      if (node.kind != Kind::string) {
        fail("expected string; found " + node.text);
      }
      break;
    case ParameterType::integer:
      return integer_constant(node);
    case ParameterType::strings:
      fail("can't handle " + node.text + " for arg of type []string");
  }
  return node.value;
}

TemplateValue TemplateEvaluator::integer_constant(const TemplateNode& node) const {
  if (node.value.integer() != nullptr) {
    return node.value;
  }
  constexpr double k_limit = 9.0e18;
  const double* real = node.value.real();
  if (real == nullptr || *real > k_limit || *real < -k_limit ||
      static_cast<double>(static_cast<std::int64_t>(*real)) != *real) {
    fail("expected integer; found " + node.text);
  }
  return TemplateValue(static_cast<std::int64_t>(*real));
}

TemplateValue TemplateEvaluator::checked(const TemplateValue& value, ParameterType type) const {
  const bool fits = type == ParameterType::any || (type == ParameterType::text && value.text() != nullptr) ||
                    (type == ParameterType::integer && value.integer() != nullptr) ||
                    (type == ParameterType::strings && (value.is_string_list() || value.is_nothing()));
  if (!fits && value.is_nothing()) {
    fail("invalid value; expected " + std::string(name_of(type)));
  }
  if (!fits) {
    fail("wrong type for value; expected " + std::string(name_of(type)) + "; got " + value.type_name());
  }
  return value;
}

}  // namespace docker_sandbox::output

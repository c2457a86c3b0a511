// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/output/go_template.hpp"

#include "docker_sandbox/base/error.hpp"
#include "go_template_functions.hpp"
#include "go_template_tree.hpp"
#include "unicode.hpp"

#include <algorithm>
#include <optional>

namespace docker_sandbox::output {
namespace {

using Kind = TemplateNode::Kind;

constexpr std::size_t k_longest_template = 64 * 1024;

enum class LoopExit { none, next, end };

/// Walks the tree as Go's text/template does. The node that errors name is the one looked at last, also when that was
/// an argument: messages are to be Go's.
class Executor {
 public:
  using FindFunction = const TemplateFunction* (*)(std::string_view);

  Executor(std::string_view text, FindFunction find) : text_(text), find_function_(find) {}

  void run(const TemplateNode& root, const TemplateValue& data) {
    variables_.emplace_back("$", data);
    try {
      walk(data, root);
    } catch (const BudgetExceeded& error) {
      fail(error.what());
    }
  }

  std::string take_output() { return std::move(output_); }

 private:
  /// Forgets the variables that are declared while it lives.
  class Scope {
   public:
    explicit Scope(Executor& executor) : executor_(executor), size_(executor.variables_.size()) {}
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;
    ~Scope() {
      executor_.variables_.erase(executor_.variables_.begin() + static_cast<std::ptrdiff_t>(size_),
                                 executor_.variables_.end());
    }

   private:
    Executor& executor_;
    std::size_t size_;
  };

  void look_at(const TemplateNode& node) {
    node_ = &node;
    budget_.step();
  }

  [[noreturn]] void fail(const std::string& what) const {
    std::string where = "template: : ";
    if (node_ != nullptr) {
      where = "template: " + location_of(text_, node_->position) + ": executing \"\" at <" + to_source(*node_) + ">: ";
    }
    throw base::Error(base::ErrorKind::invalid_value, "template parsing error: " + where + what);
  }

  void print(const std::string& text) {
    budget_.bytes(text.size());
    output_ += text;
  }

  LoopExit walk(const TemplateValue& dot, const TemplateNode& node) {
    look_at(node);
    switch (node.kind) {
      case Kind::text:
        print(node.text);
        return LoopExit::none;
      case Kind::action: {
        const TemplateValue value = pipeline(dot, *node.pipe);
        if (node.pipe->names.empty()) {
          look_at(node);
          print(value.is_nothing() ? "<no value>" : to_text(value));
        }
        return LoopExit::none;
      }
      case Kind::break_loop:
        return LoopExit::end;
      case Kind::continue_loop:
        return LoopExit::next;
      case Kind::list:
        for (const NodePtr& child : node.children) {
          if (const LoopExit exit = walk(dot, *child); exit != LoopExit::none) {
            return exit;
          }
        }
        return LoopExit::none;
      case Kind::range:
        walk_range(dot, node);
        return LoopExit::none;
      default:
        return walk_branch(dot, node);
    }
  }

  /// if and with.
  LoopExit walk_branch(const TemplateValue& dot, const TemplateNode& node) {
    const Scope scope(*this);
    const TemplateValue value = pipeline(dot, *node.pipe);
    if (value.truth()) {
      return walk(node.kind == Kind::with ? value : dot, *node.list);
    }
    return node.else_list ? walk(dot, *node.else_list) : LoopExit::none;
  }

  void walk_range(const TemplateValue& dot, const TemplateNode& node) {
    const Scope scope(*this);
    const TemplateValue value = pipeline(dot, *node.pipe);
    bool ran = false;
    if (const TemplateValue::List* list = value.list()) {
      for (std::size_t i = 0; i < list->size(); ++i) {
        ran = true;
        if (!iterate(node, TemplateValue(static_cast<std::int64_t>(i)), list->at(i))) {
          break;
        }
      }
    } else if (const TemplateMap* map = value.map();
               map != nullptr && map->missing != TemplateMap::Missing::no_such_field) {
      for (const auto* entry : map->sorted()) {
        ran = true;
        if (!iterate(node, TemplateValue(entry->first), entry->second)) {
          break;
        }
      }
    } else if (const std::int64_t* count = value.integer()) {
      if (node.pipe->names.size() > 1) {
        fail("can't use " + to_text(value) + " to iterate over more than one variable");
      }
      for (std::int64_t i = 0; i < *count; ++i) {
        ran = true;
        if (!iterate(node, {}, TemplateValue(i))) {
          break;
        }
      }
    } else if (!value.is_nothing()) {
      fail("range can't iterate over " + to_text(value));
    }
    if (!ran && node.else_list) {
      walk(dot, *node.else_list);
    }
  }

  /// One turn of a range; false after a break.
  bool iterate(const TemplateNode& node, const TemplateValue& index, const TemplateValue& element) {
    const std::vector<std::string>& names = node.pipe->names;
    if (!names.empty()) {
      // With two variables the first is the index, else the only one is the element.
      const TemplateValue& first = names.size() > 1 ? index : element;
      if (node.pipe->is_assignment) {
        set_variable(names[0], first);
        if (names.size() > 1) {
          set_variable(names[1], element);
        }
      } else {
        variables_[variables_.size() - names.size()].second = first;
        variables_.back().second = element;
      }
    }
    const Scope scope(*this);
    return walk(element, *node.list) != LoopExit::end;
  }

  void set_variable(const std::string& name, const TemplateValue& value) { variable(name) = value; }

  TemplateValue& variable(const std::string& name) {
    const auto found =
        std::find_if(variables_.rbegin(), variables_.rend(), [&](const auto& v) { return v.first == name; });
    if (found == variables_.rend()) {
      fail("undefined variable: " + name);
    }
    return found->second;
  }

  TemplateValue pipeline(const TemplateValue& dot, const TemplateNode& pipe) {
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

  /// `last`: the result of the stage before, which becomes the last argument; null in the first stage.
  TemplateValue command(const TemplateValue& dot, const TemplateNode& node, const TemplateValue* last) {
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

  /// The value of a field, chain or variable node; `node` and `last` are the arguments that a method may take.
  TemplateValue fields(const TemplateValue& dot, const TemplateNode& operand, const TemplateNode* node,
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

  TemplateValue field(const TemplateValue& dot, const TemplateNode& operand, const std::string& name,
                      const TemplateNode* node, const TemplateValue* last, const TemplateValue& receiver) {
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

  /// Calls the function of an identifier. `context`: the node that its errors name; `node`: the command with the
  /// arguments, null without.
  TemplateValue call(const TemplateValue& dot, const TemplateNode& identifier, const TemplateNode& context,
                     const TemplateNode* node, const TemplateValue* last) {
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

  void check_count(const std::string& name, const std::vector<ParameterType>& parameters, bool variadic,
                   const TemplateNode* node, const TemplateValue* last) const {
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

  TemplateValue short_circuit(const TemplateValue& dot, bool is_or, const TemplateNode* node,
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

  TemplateFunction::Arguments arguments(const TemplateValue& dot, const std::string& name,
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

  /// An operand's value, of any type.
  TemplateValue argument(const TemplateValue& dot, const TemplateNode& node) {
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

  TemplateValue argument_of_type(const TemplateValue& dot, const TemplateNode& node, ParameterType type) {
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

  /// 2.0 counts as an integer where one is wanted.
  TemplateValue integer_constant(const TemplateNode& node) const {
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

  TemplateValue checked(const TemplateValue& value, ParameterType type) const {
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

  std::string_view text_;
  FindFunction find_function_;
  TemplateBudget budget_;
  std::string output_;
  std::vector<std::pair<std::string, TemplateValue>> variables_;
  const TemplateNode* node_ = nullptr;
};

}  // namespace

GoTemplate::GoTemplate(std::string text) : text_(std::move(text)) {
  if (text_.size() > k_longest_template) {
    throw base::Error(base::ErrorKind::invalid_value, "template parsing error: template: :1: longer than " +
                                                          std::to_string(k_longest_template) + " bytes");
  }
  root_ = parse_template(text_);
}

GoTemplate::GoTemplate(GoTemplate&&) noexcept = default;
GoTemplate& GoTemplate::operator=(GoTemplate&&) noexcept = default;
GoTemplate::~GoTemplate() = default;

std::string GoTemplate::render(const TemplateValue& data) const {
  Executor executor(text_, find_function);
  executor.run(*root_, data);
  return executor.take_output();
}

std::string GoTemplate::render_header(const TemplateValue& headers) const {
  Executor executor(text_, find_header_function);
  try {
    executor.run(*root_, headers);
  } catch (const base::Error&) {
    // The rows have told of any error before the header is made.
    return executor.take_output();
  }
  return executor.take_output();
}

}  // namespace docker_sandbox::output

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/output/template_value.hpp"
#include "go_template_functions.hpp"
#include "go_template_tree.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace docker_sandbox::output {

/// The values of a template's pipelines, as Go's text/template has them. The node that errors name is the one looked at
/// last, also when that was an argument: messages are to be Go's.
class TemplateEvaluator {
 public:
  using FindFunction = const TemplateFunction* (*)(std::string_view);

  /// `text` is the template, for the places in messages; it must live as long as this.
  TemplateEvaluator(std::string_view text, FindFunction find) : text_(text), find_function_(find) {}

  /// Forgets the variables that are declared while it lives.
  class Scope {
   public:
    explicit Scope(TemplateEvaluator& evaluator) : evaluator_(evaluator), size_(evaluator.variables_.size()) {}
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;
    ~Scope() {
      evaluator_.variables_.erase(evaluator_.variables_.begin() + static_cast<std::ptrdiff_t>(size_),
                                  evaluator_.variables_.end());
    }

   private:
    TemplateEvaluator& evaluator_;
    std::size_t size_;
  };

  /// The value of a pipe node; the variables that it declares or sets have it from then on.
  TemplateValue pipeline(const TemplateValue& dot, const TemplateNode& pipe);

  void declare(const std::string& name, const TemplateValue& value) { variables_.emplace_back(name, value); }
  /// Sets the variable of that name that was declared last.
  void set_variable(const std::string& name, const TemplateValue& value) { variable(name) = value; }
  /// The variables declared last: element 0 is the very last one.
  TemplateValue& latest_variable(std::size_t back) { return variables_[variables_.size() - 1 - back].second; }

  /// Every step of a template looks at its node first. Throws BudgetExceeded.
  void look_at(const TemplateNode& node) {
    node_ = &node;
    budget_.step();
  }
  /// Counts output. Throws BudgetExceeded.
  void count_bytes(std::size_t count) { budget_.bytes(count); }
  /// Throws base::Error{invalid_value} with docker's sentence about the node looked at last.
  [[noreturn]] void fail(const std::string& what) const;

 private:
  TemplateValue& variable(const std::string& name);
  /// `last`: the result of the stage before, which becomes the last argument; null in the first stage.
  TemplateValue command(const TemplateValue& dot, const TemplateNode& node, const TemplateValue* last);
  /// The value of a field, chain or variable node; `node` and `last` are the arguments that a method may take.
  TemplateValue fields(const TemplateValue& dot, const TemplateNode& operand, const TemplateNode* node,
                       const TemplateValue* last);
  TemplateValue field(const TemplateValue& dot, const TemplateNode& operand, const std::string& name,
                      const TemplateNode* node, const TemplateValue* last, const TemplateValue& receiver);
  /// Calls the function of an identifier. `context`: the node that its errors name; `node`: the command with the
  /// arguments, null without.
  TemplateValue call(const TemplateValue& dot, const TemplateNode& identifier, const TemplateNode& context,
                     const TemplateNode* node, const TemplateValue* last);
  void check_count(const std::string& name, const std::vector<ParameterType>& parameters, bool variadic,
                   const TemplateNode* node, const TemplateValue* last) const;
  TemplateValue short_circuit(const TemplateValue& dot, bool is_or, const TemplateNode* node,
                              const TemplateValue* last);
  TemplateFunction::Arguments arguments(const TemplateValue& dot, const std::string& name,
                                        const std::vector<ParameterType>& parameters, bool variadic,
                                        const TemplateNode* node, const TemplateValue* last);
  /// An operand's value, of any type.
  TemplateValue argument(const TemplateValue& dot, const TemplateNode& node);
  TemplateValue argument_of_type(const TemplateValue& dot, const TemplateNode& node, ParameterType type);
  /// 2.0 counts as an integer where one is wanted.
  TemplateValue integer_constant(const TemplateNode& node) const;
  TemplateValue checked(const TemplateValue& value, ParameterType type) const;

  std::string_view text_;
  FindFunction find_function_;
  TemplateBudget budget_;
  std::vector<std::pair<std::string, TemplateValue>> variables_;
  const TemplateNode* node_ = nullptr;
};

}  // namespace docker_sandbox::output

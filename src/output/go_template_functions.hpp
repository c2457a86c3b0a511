// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/output/template_value.hpp"

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace docker_sandbox::output {

/// What one rendering may cost, so that a template ends whatever it says.
class TemplateBudget {
 public:
  /// Throws BudgetExceeded.
  void step() { spend(1); }
  void bytes(std::size_t count) { spend(1 + count / k_bytes_per_step); }

 private:
  static constexpr std::size_t k_steps = 1'000'000;
  static constexpr std::size_t k_bytes_per_step = 64;

  void spend(std::size_t steps);

  std::size_t left_ = k_steps;
};

struct BudgetExceeded : std::runtime_error {
  BudgetExceeded() : std::runtime_error("the template does too much work") {}
};

/// What a function says against its arguments, in Go's words.
struct FunctionError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

enum class ParameterType { any, text, integer, strings };

/// Go's name of the type.
std::string_view name_of(ParameterType type);

struct TemplateFunction {
  using Arguments = std::vector<TemplateValue>;

  std::string_view name;
  std::vector<ParameterType> parameters;  ///< with the type of the variadic one last
  bool variadic = false;
  TemplateValue (*call)(const Arguments&, TemplateBudget&) = nullptr;

  std::size_t fixed() const { return parameters.size() - (variadic ? 1 : 0); }
};

/// Go's and docker's functions; null for an unknown name.
const TemplateFunction* find_function(std::string_view name);

/// As find_function, for the headers of a table: what changes a cell's text leaves the header's alone, as docker has it.
const TemplateFunction* find_header_function(std::string_view name);

/// Go's comparison for eq and ne, and for lt. Throw FunctionError.
bool equal(const TemplateValue& a, const TemplateValue& b);
bool less(const TemplateValue& a, const TemplateValue& b);

/// Functions of files of their own.
TemplateValue call_index(const TemplateFunction::Arguments& arguments, TemplateBudget& budget);
TemplateValue call_slice(const TemplateFunction::Arguments& arguments, TemplateBudget& budget);
TemplateValue call_len(const TemplateFunction::Arguments& arguments, TemplateBudget& budget);
TemplateValue call_html(const TemplateFunction::Arguments& arguments, TemplateBudget& budget);
TemplateValue call_js(const TemplateFunction::Arguments& arguments, TemplateBudget& budget);
TemplateValue call_urlquery(const TemplateFunction::Arguments& arguments, TemplateBudget& budget);

/// As Go's fmt.Sprint.
std::string sprint(const TemplateFunction::Arguments& arguments, TemplateBudget& budget);

}  // namespace docker_sandbox::output

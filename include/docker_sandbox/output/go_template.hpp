// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/output/template_value.hpp"

#include <memory>
#include <string>

namespace docker_sandbox::output {

struct TemplateNode;

/// A template in the language of Go's text/template with docker's functions, as `--format` takes it: all of it but
/// define, template, block and call. A template ends, whatever it says: nesting, work and size have limits.
class GoTemplate {
 public:
  /// Throws base::Error{invalid_value} with docker's sentence for a template that is malformed.
  explicit GoTemplate(std::string text);
  GoTemplate(GoTemplate&&) noexcept;
  GoTemplate& operator=(GoTemplate&&) noexcept;
  GoTemplate(const GoTemplate&) = delete;
  GoTemplate& operator=(const GoTemplate&) = delete;
  ~GoTemplate();

  /// The template's text for `data`. Throws base::Error{invalid_value} with docker's sentence for what cannot be done.
  std::string render(const TemplateValue& data) const;

  /// As render, for the header of a table: functions that change a cell's text leave it alone, and what was rendered
  /// before a failure is the result, as docker has it.
  std::string render_header(const TemplateValue& headers) const;

 private:
  std::string text_;
  std::unique_ptr<TemplateNode> root_;
};

}  // namespace docker_sandbox::output

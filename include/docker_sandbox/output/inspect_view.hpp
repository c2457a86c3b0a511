// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/output/go_template.hpp"
#include "docker_sandbox/output/list_view.hpp"
#include "docker_sandbox/output/sandbox_view.hpp"

#include <optional>
#include <string>
#include <vector>

namespace docker_sandbox::output {

/// The answer of `inspect`: a JSON array. Unless `show_secrets`, the values of variables whose name says secret are
/// masked, and so are passwords in URLs.
std::string render_inspect(const std::vector<SandboxView>& sandboxes, bool show_secrets);

/// What `--format` of `inspect` says: nothing for the array with indents, "json" for the array on one line, or a template
/// for each sandbox, which finds the array's keys in any case of letters.
class InspectFormat {
 public:
  /// Throws Error{invalid_value} for a malformed template.
  explicit InspectFormat(const std::string& format);

  /// Throws Error{invalid_value} for a template that asks for what is not there.
  std::string render(const std::vector<SandboxView>& sandboxes, bool show_secrets, Destination destination) const;

 private:
  enum class Kind { indented, json, lines };

  Kind kind_ = Kind::indented;
  std::optional<GoTemplate> template_;
};

/// Whether a variable of this name is likely to hold a secret.
bool says_secret(const std::string& variable_name);

/// NAME=VALUE with what is secret in it replaced by asterisks.
std::string mask_variable(const std::string& variable);

}  // namespace docker_sandbox::output

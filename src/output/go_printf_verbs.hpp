// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/output/template_value.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace docker_sandbox::output {

/// What stands between % and the verb.
struct VerbSpec {
  bool minus = false;
  bool plus = false;
  bool sharp = false;
  bool space = false;
  bool zero = false;
  std::optional<std::size_t> width;
  std::optional<std::size_t> precision;
};

/// One value as a verb of Go's fmt has it, with Go's words for a verb that does not fit: %!d(string=x).
std::string format_value(const VerbSpec& spec, char32_t verb, const TemplateValue& value);

}  // namespace docker_sandbox::output

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/output/template_value.hpp"
#include "go_template_functions.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace docker_sandbox::output {

/// As Go's fmt.Sprintf, also in what it says about verbs and arguments that do not fit: %!d(string=x). Verbs are
/// v T t d b o O x X c q U e E f F g G s and %, with flags, width, precision and [n].
std::string go_printf(std::string_view format, const std::vector<TemplateValue>& arguments, TemplateBudget& budget);

}  // namespace docker_sandbox::output

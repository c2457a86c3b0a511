// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/output/sandbox_view.hpp"

#include <string>
#include <vector>

namespace docker_sandbox::output {

/// The answer of `inspect`: a JSON array. Unless `show_secrets`, the values of variables whose name says secret are
/// masked, and so are passwords in URLs.
std::string render_inspect(const std::vector<SandboxView>& sandboxes, bool show_secrets);

/// Whether a variable of this name is likely to hold a secret.
bool says_secret(const std::string& variable_name);

/// NAME=VALUE with what is secret in it replaced by asterisks.
std::string mask_variable(const std::string& variable);

}  // namespace docker_sandbox::output

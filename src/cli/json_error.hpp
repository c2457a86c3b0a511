// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/base/error.hpp"

#include <string>
#include <string_view>
#include <vector>

/// Errors for machines: with `--format json` a failure is one JSON object on one line.
namespace docker_sandbox::cli {

/// {"error":{"kind":…,"message":…,"hint":…}} and a newline. `hint` is "" when there is none.
std::string render_json_error(std::string_view kind, const std::string& message, const std::string& hint);

/// The kind as that object names it; scripts may rely on the words.
std::string_view name_of(base::ErrorKind kind);

/// Whether the words ask for `--format json`, also when they are malformed otherwise, or nothing here has that option.
/// `shorthand`: what the command called has for it, 0 when that is nothing.
bool asks_for_json(const std::vector<std::string>& words, char shorthand);

}  // namespace docker_sandbox::cli

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/cli/command.hpp"
#include "docker_sandbox/sandbox/headless.hpp"

#include <functional>
#include <optional>
#include <string>

namespace docker_sandbox::cli {

/// --run's value: a run's number; 0, the latest, when it was not given. Throws Error{invalid_value}.
int parse_run(const std::optional<std::string>& text);

/// For a sandbox without such a run.
base::Error no_such_run(const std::string& argument, int run);

/// For sandbox::RunListener: tells why nothing comes. Lives no longer than the context.
std::function<void()> paused_note(const CommandContext& context);

/// Why the run ended, where that was none of the agent's own doing; empty else.
std::string reason_of(const sandbox::RunReport& report);

}  // namespace docker_sandbox::cli

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/engine/types.hpp"
#include "docker_sandbox/output/sandbox_view.hpp"
#include "docker_sandbox/sandbox/sandbox.hpp"

namespace docker_sandbox::cli {

/// What `ls` shows of a sandbox.
output::SandboxView view_of(const sandbox::Sandbox& sandbox);

/// The same, with the sandbox's own labels, which it then has no more: in a list they are most of what a row takes.
output::SandboxView view_taking_labels_of(sandbox::Sandbox& sandbox);

/// What `inspect` shows of it.
output::SandboxView view_of(const sandbox::Sandbox& sandbox, const engine::ContainerDetails& details);

}  // namespace docker_sandbox::cli

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/sandbox/environment.hpp"
#include "docker_sandbox/sandbox/spec.hpp"

#include <string>
#include <vector>

namespace docker_sandbox::sandbox {

/// The name of the workspace's own directory in a credential volume: what belongs to one workspace only (transcripts)
/// stays there when its sandbox is removed, and no other sandbox sees it.
std::string state_name(const std::string& workspace);

/// The text of a first ~/.claude.json, with which claude asks nothing when it is started: its introduction has been seen,
/// the workspace is trusted, the API key of the user's variables is to be used.
std::string claude_seed(const SandboxSpec& spec);

/// The end of the API key among the variables as claude notes it when the user has agreed to the key; empty when there is
/// none.
std::string api_key_tail(const std::vector<Variable>& variables);

/// Whether the workspace has a .claude.json with an API key, which is not the one that counts.
bool has_conflicting_api_key(const std::string& workspace);

}  // namespace docker_sandbox::sandbox

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

/// What the docker CLI asks a plugin before it shows or runs it. It asks before every command of ours, so that the answer
/// must come before anything is initialised.
namespace docker_sandbox::plugin {

/// The argument that asks for the metadata.
inline constexpr std::string_view k_metadata_request = "docker-cli-plugin-metadata";

/// Writes the metadata, one JSON object, to the descriptor. Returns the process's exit status.
int answer_metadata(int out);

}  // namespace docker_sandbox::plugin

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/sandbox/sandbox.hpp"
#include "docker_sandbox/sandbox/spec.hpp"

#include <string>
#include <vector>

/// A sandbox keeps its first configuration. What a later `run` asks for and does not get is told, never silently dropped.
namespace docker_sandbox::sandbox {

/// What the labels and the list of containers do not tell about a sandbox.
struct ActualConfiguration {
  /// NAME=VALUE of the container, the template's included: each process in the sandbox has them.
  std::vector<std::string> env;
  /// The image that the sandbox's template stands for now; empty when the engine has none of that name.
  std::string template_image_id;
};

/// One line per difference between what was given and what the sandbox has. What was not given is no difference, nor is
/// what the sandbox has beyond it. Values of variables are compared, never shown.
std::vector<std::string> describe_drift(const SandboxSpec& want, const Sandbox& have,
                                        const ActualConfiguration& actual);

/// The line that follows them: how to get what was asked for.
std::string drift_remedy(const SandboxSpec& want);

/// Whether two image references are spellings of one: "x", "x:latest" and "docker.io/library/x:latest" are.
bool same_reference(const std::string& a, const std::string& b);

}  // namespace docker_sandbox::sandbox

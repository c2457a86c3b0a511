// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/sandbox/creator.hpp"
#include "docker_sandbox/sandbox/mounted_workspace.hpp"
#include "docker_sandbox/sandbox/registry.hpp"
#include "docker_sandbox/sandbox/spec.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <variant>
#include <vector>

/// What `run` has to do, decided from what was asked and what is there: values in, a plan out, no effects.
namespace docker_sandbox::sandbox {

/// What becomes of a sandbox that is there already.
enum class Reuse {
  keep,               ///< it is entered as it is
  recreate,           ///< it is replaced, unless it has a session
  recreate_by_force,  ///< it is replaced, whatever runs in it
};

/// What was seen before the decision.
struct Observed {
  WorkspaceState state;
  // Of the unfinished sandbox:
  CreatorState creator = CreatorState::unknown;
  std::chrono::seconds waited{0};  ///< since this call first saw it
  // Of the ready one:
  std::vector<std::string> drift;  ///< lines of describe_drift
  MountedWorkspace mounted = MountedWorkspace::unknown;
  std::size_t sessions = 0;                       ///< counted where the decision may depend on it
  bool made_meanwhile = false;                    ///< by another process, after this call first looked
  CreatorState replacer = CreatorState::unknown;  ///< who made it, where it took another one's place
};

/// One step is one act on the engine. A plan that ends without `Enter` is followed by another look.
struct RemoveContainer {
  std::string id;
};
/// Removes whatever has the name of an unfinished sandbox: one that is published in the same moment has it no more.
struct RemoveUnfinished {
  std::string name;
};
struct AwaitCreator {
  std::string id;
};
struct CreateSandbox {};
/// Makes a new sandbox; the old one goes when the new one is there.
struct ReplaceSandbox {
  std::string id;
  std::string name;
};
struct StartContainer {
  std::string id;
};
/// So that the directory that stands at the workspace's path now is mounted.
struct RestartContainer {
  std::string id;
};
struct UnpauseContainer {
  std::string id;
};
struct Enter {
  Sandbox sandbox;
};
/// What was asked for cannot be done; an Error of kind invalid_value.
struct Refuse {
  std::string sentence;
  std::string hint;
};
using Step = std::variant<RemoveContainer, RemoveUnfinished, AwaitCreator, CreateSandbox, ReplaceSandbox,
                          StartContainer, RestartContainer, UnpauseContainer, Enter, Refuse>;

struct Plan {
  std::vector<Step> steps;
  std::vector<std::string> warnings = {};  ///< for the user, also when quiet
  std::vector<std::string> notes = {};     ///< for the user, unless quiet
};

Plan plan_run(const SandboxSpec& want, Reuse reuse, const Observed& have);

/// One line per plan, for --debug.
std::string describe(const Plan& plan);

}  // namespace docker_sandbox::sandbox

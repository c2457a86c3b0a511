// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/sandbox/creator.hpp"
#include "docker_sandbox/sandbox/registry.hpp"
#include "docker_sandbox/sandbox/spec.hpp"

#include <string>
#include <variant>
#include <vector>

/// What `run` has to do, decided from what was asked and what is there: values in, a plan out, no effects.
namespace docker_sandbox::sandbox {

/// What was seen before the decision.
struct Observed {
  WorkspaceState state;
  CreatorState creator = CreatorState::unknown;  ///< of the unfinished sandbox
  bool waited_enough = false;                    ///< the unfinished sandbox has had its time
};

/// One step is one act on the engine. A plan that ends without `Enter` is followed by another look.
struct RemoveContainer {
  std::string id;
};
struct AwaitCreator {
  std::string id;
};
struct CreateSandbox {};
struct StartContainer {
  std::string id;
};
struct UnpauseContainer {
  std::string id;
};
struct Enter {
  Sandbox sandbox;
};
using Step = std::variant<RemoveContainer, AwaitCreator, CreateSandbox, StartContainer, UnpauseContainer, Enter>;

struct Plan {
  std::vector<Step> steps;
};

Plan plan_run(const Observed& have);

/// One line per plan, for --debug.
std::string describe(const Plan& plan);

}  // namespace docker_sandbox::sandbox

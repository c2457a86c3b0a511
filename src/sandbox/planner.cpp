// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/sandbox/planner.hpp"

#include "docker_sandbox/base/text.hpp"

namespace docker_sandbox::sandbox {
namespace {

Plan plan_reuse(const Sandbox& sandbox) {
  switch (sandbox.state) {
    case RunState::running:
      return {{Enter{sandbox}}};
    case RunState::paused:
      return {{UnpauseContainer{sandbox.id}, Enter{sandbox}}};
    case RunState::created:
    case RunState::stopped:
      return {{StartContainer{sandbox.id}, Enter{sandbox}}};
    case RunState::going:
      return {{RemoveContainer{sandbox.id}}};
  }
  return {};
}

struct Describe {
  std::string operator()(const RemoveContainer& step) const { return "remove " + step.id; }
  std::string operator()(const AwaitCreator& step) const { return "wait for the creator of " + step.id; }
  std::string operator()(const CreateSandbox&) const { return "create"; }
  std::string operator()(const StartContainer& step) const { return "start " + step.id; }
  std::string operator()(const UnpauseContainer& step) const { return "unpause " + step.id; }
  std::string operator()(const Enter& step) const { return "enter " + step.sandbox.id; }
};

}  // namespace

Plan plan_run(const Observed& have) {
  if (have.state.ready) {
    return plan_reuse(*have.state.ready);
  }
  if (!have.state.unfinished) {
    return {{CreateSandbox{}}};
  }
  // Somebody is at it, or died at it. A creator that is taken for dead by mistake meets "no such container" at its next
  // step and looks again, so that a wrong guess costs time and never a second sandbox.
  const std::string& id = have.state.unfinished->id;
  if (have.creator == CreatorState::gone || have.waited_enough || have.state.unfinished->state == RunState::going) {
    return {{RemoveContainer{id}}};
  }
  return {{AwaitCreator{id}}};
}

std::string describe(const Plan& plan) {
  std::vector<std::string> steps;
  for (const Step& step : plan.steps) {
    steps.push_back(std::visit(Describe{}, step));
  }
  return base::join(steps, ", ");
}

}  // namespace docker_sandbox::sandbox

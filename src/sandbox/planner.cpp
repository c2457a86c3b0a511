// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/sandbox/planner.hpp"

#include "docker_sandbox/base/text.hpp"
#include "docker_sandbox/sandbox/drift.hpp"

namespace docker_sandbox::sandbox {
namespace {

/// How long a process on another machine may take between two calls before the sandbox that it makes is taken for left
/// behind. The engine answers both calls in milliseconds.
constexpr std::chrono::seconds k_patience_before_start{15};
/// How long any process may take over a sandbox: somewhat longer than it would give the set-up itself.
constexpr std::chrono::seconds k_patience{150};

/// Whether nobody will finish this sandbox. A creator that is taken for dead by mistake meets "no such container" at its
/// next step and looks again, so that a wrong guess costs time and never a second sandbox.
bool is_abandoned(const Sandbox& unfinished, const Observed& have) {
  switch (have.creator) {
    case CreatorState::gone:
      return true;
    case CreatorState::alive:
      return have.waited > k_patience;
    case CreatorState::unknown:
      break;
  }
  if (unfinished.state == RunState::stopped) {
    return true;  // the engine went down in the middle: no set-up goes on in it
  }
  return have.waited > (unfinished.state == RunState::created ? k_patience_before_start : k_patience);
}

Plan plan_entry(const Sandbox& sandbox) {
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

std::string sessions_text(std::size_t sessions) {
  return sessions == 1 ? "a session" : std::to_string(sessions) + " sessions";
}

Plan plan_restart(const Sandbox& sandbox, std::size_t sessions) {
  const std::string what = base::printable(sandbox.workspace) + " is not the directory any more that the sandbox " +
                           base::printable(sandbox.name) + " has mounted: it was moved, deleted or made again";
  if (sessions > 0) {
    return {{Refuse{what + "; the sandbox cannot be restarted while it has " + sessions_text(sessions),
                    "End that session, or stop the sandbox: docker sandbox stop " + base::printable(sandbox.name)}}};
  }
  Plan plan;
  if (sandbox.state == RunState::paused) {
    plan.steps.emplace_back(UnpauseContainer{sandbox.id});
  }
  plan.steps.emplace_back(RestartContainer{sandbox.id});
  plan.steps.emplace_back(Enter{sandbox});
  plan.notes.push_back(what + ". The sandbox is restarted with the directory that is there now.");
  return plan;
}

Plan plan_reuse(const SandboxSpec& want, const Sandbox& sandbox, const Observed& have) {
  const bool runs = sandbox.state == RunState::running || sandbox.state == RunState::paused;
  Plan plan =
      runs && have.mounted == MountedWorkspace::stale ? plan_restart(sandbox, have.sessions) : plan_entry(sandbox);
  if (!have.drift.empty()) {
    plan.warnings = have.drift;
    plan.warnings.push_back(drift_remedy(want));
  }
  return plan;
}

Plan plan_creation(const SandboxSpec& want, const std::vector<std::string>& misnamed) {
  Plan plan{{CreateSandbox{}}};
  for (const std::string& name : misnamed) {
    plan.notes.push_back("The container " + base::printable(name) + " looks like a sandbox of " +
                         base::printable(want.workspace.path) +
                         ", but has another name than it was made with: it is left alone.");
  }
  return plan;
}

Plan plan_replacement(const Sandbox& sandbox, Reuse reuse, const Observed& have) {
  if (sandbox.state == RunState::going) {
    return {{RemoveContainer{sandbox.id}}};
  }
  if (have.state.unfinished) {
    return {{AwaitCreator{have.state.unfinished->id}}};  // another process replaces it already
  }
  if (reuse == Reuse::recreate && have.sessions > 0) {
    return {{Refuse{"cannot make the sandbox " + base::printable(sandbox.name) + " anew while it has " +
                        sessions_text(have.sessions),
                    "End that session first, or add --force to end it now."}}};
  }
  return {{ReplaceSandbox{sandbox.id, sandbox.name}}};
}

struct Describe {
  std::string operator()(const RemoveContainer& step) const { return "remove " + step.id; }
  std::string operator()(const RemoveUnfinished& step) const { return "remove the unfinished " + step.name; }
  std::string operator()(const AwaitCreator& step) const { return "wait for the creator of " + step.id; }
  std::string operator()(const CreateSandbox&) const { return "create"; }
  std::string operator()(const ReplaceSandbox& step) const { return "replace " + step.id; }
  std::string operator()(const StartContainer& step) const { return "start " + step.id; }
  std::string operator()(const RestartContainer& step) const { return "restart " + step.id; }
  std::string operator()(const UnpauseContainer& step) const { return "unpause " + step.id; }
  std::string operator()(const Enter& step) const { return "enter " + step.sandbox.id; }
  std::string operator()(const Refuse& step) const { return "refuse: " + step.sentence; }
};

}  // namespace

Plan plan_run(const SandboxSpec& want, Reuse reuse, const Observed& have) {
  const std::optional<Sandbox>& unfinished = have.state.unfinished;
  if (unfinished && is_abandoned(*unfinished, have)) {
    return {{RemoveUnfinished{unfinished->name}}};
  }
  // Whoever made the sandbox removes the one whose place it took, unless he was killed before that. Before it is replaced
  // in its turn that one has to be gone, or it would be a sandbox again.
  if (have.state.ready && !have.state.ready->replaces.empty() &&
      (reuse != Reuse::keep || have.replacer != CreatorState::alive)) {
    return {{RemoveContainer{have.state.ready->replaces}}};
  }
  if (have.state.ready) {
    // Made while this call was at it, with all that it asks for: that is as good as making it again.
    const bool is_replaced = have.made_meanwhile && have.drift.empty();
    return reuse == Reuse::keep || is_replaced ? plan_reuse(want, *have.state.ready, have)
                                               : plan_replacement(*have.state.ready, reuse, have);
  }
  if (!unfinished) {
    return plan_creation(want, have.state.misnamed);
  }
  if (unfinished->state == RunState::going) {
    return {{RemoveUnfinished{unfinished->name}}};
  }
  return {{AwaitCreator{unfinished->id}}};
}

std::string describe(const Plan& plan) {
  std::vector<std::string> steps;
  for (const Step& step : plan.steps) {
    steps.push_back(std::visit(Describe{}, step));
  }
  return base::join(steps, ", ");
}

}  // namespace docker_sandbox::sandbox

// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/sandbox/executor.hpp"

#include "creation.hpp"
#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/base/log.hpp"
#include "docker_sandbox/base/text.hpp"
#include "docker_sandbox/sandbox/checked_mounts.hpp"
#include "docker_sandbox/sandbox/drift.hpp"
#include "growing_pause.hpp"
#include "sessions.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <variant>

namespace docker_sandbox::sandbox {
namespace {

using base::Error;
using base::ErrorKind;

constexpr std::chrono::milliseconds k_first_pause{20};
constexpr std::chrono::milliseconds k_longest_pause{250};
/// Others' work that takes longer than this is told to the user.
constexpr std::chrono::seconds k_silent_wait{3};
/// Each round is a race lost to somebody who made progress.
constexpr int k_max_rounds = 1000;

struct Continue {};
struct LookAgain {};
using StepResult = std::variant<Continue, LookAgain, ReadySandbox>;

class Executor {
 public:
  Executor(engine::EngineClient& engine, const SandboxSpec& spec, PullPolicy pull, const ExecutorHooks& hooks,
           Reuse reuse)
      : engine_(engine), registry_(engine), spec_(spec), pull_(pull), hooks_(hooks), reuse_(reuse) {}

  ReadySandbox run() {
    for (int round = 0; round < k_max_rounds; ++round) {
      const Plan plan = plan_run(spec_, reuse_, look());
      base::debug("plan: {}", describe(plan));
      tell(plan);
      for (const Step& step : plan.steps) {
        const StepResult result = std::visit([this](const auto& act) { return carry_out(act); }, step);
        if (const auto* ready = std::get_if<ReadySandbox>(&result)) {
          return *ready;
        }
        if (std::holds_alternative<LookAgain>(result)) {
          break;
        }
      }
    }
    throw Error(ErrorKind::engine_conflict, "the sandbox of " + base::printable(spec_.workspace.path) +
                                                " is made and removed by other processes all the time");
  }

 private:
  Observed look() {
    looked_at_ = boot_time();
    Observed have{.state = registry_.look_up(spec_.workspace.path)};
    if (have.state.ready && have.state.ready->id == given_up_) {
      have.state.ready.reset();
    }
    if (have.state.ready && have.state.ready->replaces == given_up_) {
      have.state.ready->replaces.clear();
    }
    if (have.state.ready && !have.state.ready->replaces.empty()) {
      have.replacer = look_up_creator(have.state.ready->creator);
    }
    if (have.state.unfinished) {
      have.creator = look_up_creator(have.state.unfinished->creator);
      have.waited = time_waited_for(have.state.unfinished->id);
    }
    if (!first_ready_) {
      first_ready_ = have.state.ready ? have.state.ready->id : std::string();
    }
    if (have.state.ready && have.state.ready->state != RunState::going) {
      look_closer(*have.state.ready, have);
    }
    return have;
  }

  void look_closer(Sandbox& ready, Observed& have) {
    const bool there = unless_removed(engine_, ready.id, [&] { container_ = engine_.inspect_container(ready.id); });
    if (!there) {
      ready.state = RunState::going;
      return;
    }
    have.made_meanwhile = ready.id != *first_ready_;
    have.drift =
        describe_drift(spec_, ready, {.env = container_.env, .template_image_id = image_behind(ready.template_image)});
    have.mounted = mounted_workspace(engine_, ready, container_);
    if (reuse_ == Reuse::recreate || have.mounted == MountedWorkspace::stale) {
      have.sessions = count_sessions(engine_, container_);
    }
  }

  /// The ID of the image that a sandbox's template stands for now, or nothing.
  std::string image_behind(const std::string& template_image) {
    // It comes out of a label, which anybody may have written.
    if (!is_image_reference(template_image)) {
      return {};
    }
    const std::optional<engine::ImageDetails> image = engine_.inspect_image(template_image);
    return image ? image->id : std::string();
  }

  void tell(const Plan& plan) {
    // The same lines come with each look that finds the same.
    if (plan.warnings != told_) {
      for (const std::string& line : plan.warnings) {
        warn(line);
      }
      told_ = plan.warnings;
    }
    for (const std::string& line : plan.notes) {
      note(line);
    }
  }

  void tell(const Creation& creation) {
    for (const std::string& line : creation.warnings) {
      warn(line);
    }
    for (const std::string& line : creation.notes) {
      note(line);
    }
  }

  void warn(const std::string& line) {
    if (hooks_.warn) {
      hooks_.warn(line);
    }
  }

  /// Each attempt at a creation brings the same warnings of the engine.
  void warn_of_creation(const std::string& line) {
    if (std::find(creation_warnings_.begin(), creation_warnings_.end(), line) == creation_warnings_.end()) {
      creation_warnings_.push_back(line);
      warn(line);
    }
  }

  void note(const std::string& line) {
    if (hooks_.note) {
      hooks_.note(line);
    }
  }

  StepResult carry_out(const RemoveContainer& step) {
    try {
      engine_.remove_container(step.id);
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::engine_failure) {
        // A dead container whose remains the engine cannot delete. It will never run again, and must not be in the way.
        base::debug("cannot remove the dead container {}: {}", step.id, error.what());
        given_up_ = step.id;
        return LookAgain{};
      }
      // "removal of container … is already in progress"
      if (error.kind() != ErrorKind::engine_conflict) {
        throw;
      }
      pause_.take();
    }
    return LookAgain{};
  }

  StepResult carry_out(const RemoveUnfinished& step) {
    try {
      // By its name: should it be published in this moment, it has the name no more, and nothing is removed.
      engine_.remove_container(step.name);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::engine_conflict) {
        throw;
      }
      pause_.take();
    }
    return LookAgain{};
  }

  StepResult carry_out(const AwaitCreator&) {
    if (!told_of_waiting_ && time_waited_for(awaited_id_) >= k_silent_wait) {
      note("Waiting for another process that makes the sandbox of " + base::printable(spec_.workspace.path) + ".");
      told_of_waiting_ = true;
    }
    pause_.take();
    return LookAgain{};
  }

  StepResult carry_out(const RestartContainer& step) {
    engine::ContainerDetails now;
    const bool there = unless_removed(engine_, step.id, [&] { now = engine_.inspect_container(step.id); });
    if (!there || now.pid != container_.pid || now.started_at != container_.started_at) {
      return LookAgain{};  // another process has restarted it, and may have a session by now
    }
    const bool restarted = unless_removed(engine_, step.id, [&] {
      engine_.stop_container(step.id);
      engine_.start_container(step.id);
    });
    if (!restarted) {
      return LookAgain{};
    }
    started_ = true;
    return Continue{};
  }

  StepResult carry_out(const Refuse& step) { throw Error(ErrorKind::invalid_value, step.sentence, step.hint); }

  StepResult carry_out(const StartContainer& step) {
    try {
      if (!unless_removed(engine_, step.id, [&] { engine_.start_container(step.id); })) {
        return LookAgain{};
      }
    } catch (const Error& error) {
      // A path that was mounted is gone, for one: the engine says which.
      if (error.kind() == ErrorKind::engine_bad_request || error.kind() == ErrorKind::engine_failure) {
        throw Error(
            error.kind(), error.what(),
            "The sandbox cannot be started as it is. To make it anew: docker sandbox run --recreate [OPTIONS] " +
                spec_.agent->name);
      }
      throw;
    }
    started_ = true;
    return Continue{};
  }

  StepResult carry_out(const UnpauseContainer& step) {
    try {
      engine_.unpause_container(step.id);
      return Continue{};
    } catch (const Error& error) {
      // Not paused any more, or not there: another process was faster.
      if (error.kind() != ErrorKind::engine_conflict && error.kind() != ErrorKind::engine_not_found) {
        throw;
      }
      pause_.take();
      return LookAgain{};
    }
  }

  StepResult carry_out(const Enter& step) {
    if (started_ && !unless_removed(engine_, step.sandbox.id, [&] { refuse_other_workspace(engine_, step.sandbox); })) {
      return LookAgain{};
    }
    return ReadySandbox{.sandbox = step.sandbox};
  }

  StepResult carry_out(const CreateSandbox&) { return create({}); }

  StepResult carry_out(const ReplaceSandbox& step) {
    return create(
        {.id = step.id, .name = step.name, .sessions = reuse_ == Reuse::recreate ? Sessions::protect : Sessions::end});
  }

  StepResult create(const Predecessor& predecessor) {
    if (pull_ == PullPolicy::always && !pulled_) {
      pull();
      return LookAgain{};
    }
    Creation creation = create_sandbox(engine_, spec_, looked_at_, predecessor,
                                       [this](const std::string& line) { warn_of_creation(line); });
    switch (creation.result) {
      case CreationResult::made:
        tell(creation);
        return ReadySandbox{.sandbox = std::move(creation.sandbox),
                            .created = true,
                            .revocable = predecessor.id.empty(),
                            .deferral = std::move(creation.deferral)};
      case CreationResult::look_again:
        pause_.take();
        break;
      case CreationResult::image_missing:
        pull();
        break;
    }
    return LookAgain{};
  }

  void pull() {
    if (pull_ == PullPolicy::never) {
      throw Error(ErrorKind::engine_not_found,
                  "no such image: " + spec_.template_image + ", and --pull never was given",
                  "Pull or build the image first.");
    }
    if (pulled_) {
      throw Error(ErrorKind::engine_not_found,
                  "the image " + spec_.template_image + " is not there although it was pulled");
    }
    // A pull takes minutes and leaves nothing to take back: signals may end it at once.
    hooks_.pull_image(spec_.template_image);
    pulled_ = true;
  }

  /// Since this call first saw that unfinished sandbox.
  std::chrono::seconds time_waited_for(const std::string& unfinished_id) {
    const auto now = std::chrono::steady_clock::now();
    if (unfinished_id != awaited_id_) {
      awaited_id_ = unfinished_id;
      awaited_since_ = now;
      pause_.begin_again();
    }
    return std::chrono::duration_cast<std::chrono::seconds>(now - awaited_since_);
  }

  engine::EngineClient& engine_;
  SandboxRegistry registry_;
  const SandboxSpec& spec_;
  PullPolicy pull_;
  const ExecutorHooks& hooks_;
  Reuse reuse_;
  std::chrono::nanoseconds looked_at_{};
  engine::ContainerDetails container_;      ///< of the ready sandbox, at the last look
  std::optional<std::string> first_ready_;  ///< the ID that the first look found, or none
  std::string given_up_;                    ///< a dead container that cannot be removed
  std::vector<std::string> told_;
  std::vector<std::string> creation_warnings_;
  bool told_of_waiting_ = false;
  GrowingPause pause_{k_first_pause, k_longest_pause};
  std::string awaited_id_;
  std::chrono::steady_clock::time_point awaited_since_{};
  bool pulled_ = false;
  bool started_ = false;  ///< by this call, that is after the directory was looked at
};

}  // namespace

ReadySandbox make_ready(engine::EngineClient& engine, const SandboxSpec& spec, PullPolicy pull,
                        const ExecutorHooks& hooks, Reuse reuse) {
  return Executor(engine, spec, pull, hooks, reuse).run();
}

}  // namespace docker_sandbox::sandbox

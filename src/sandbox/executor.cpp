// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/sandbox/executor.hpp"

#include "creation.hpp"
#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/base/log.hpp"
#include "docker_sandbox/base/text.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <thread>
#include <variant>

namespace docker_sandbox::sandbox {
namespace {

using base::Error;
using base::ErrorKind;

/// How long another process may take over an unfinished sandbox before it is taken for dead. A template's entrypoint may
/// need seconds; nothing of ours does.
constexpr std::chrono::seconds k_creator_deadline{60};
constexpr std::chrono::milliseconds k_first_pause{20};
constexpr std::chrono::milliseconds k_longest_pause{250};
/// Each round is a race lost to somebody who made progress.
constexpr int k_max_rounds = 1000;

struct Continue {};
struct LookAgain {};
using StepResult = std::variant<Continue, LookAgain, ReadySandbox>;

class Executor {
 public:
  Executor(engine::EngineClient& engine, const SandboxSpec& spec, PullPolicy pull, const ExecutorHooks& hooks)
      : engine_(engine), registry_(engine), spec_(spec), pull_(pull), hooks_(hooks) {}

  ReadySandbox run() {
    for (int round = 0; round < k_max_rounds; ++round) {
      const Plan plan = plan_run(look());
      base::debug("plan: {}", describe(plan));
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
    if (have.state.unfinished && !have.state.ready) {
      have.creator = look_up_creator(have.state.unfinished->creator);
      have.waited_enough = waited_enough(have.state.unfinished->id);
    }
    return have;
  }

  StepResult carry_out(const RemoveContainer& step) {
    try {
      engine_.remove_container(step.id);
    } catch (const Error& error) {
      // "removal of container … is already in progress"
      if (error.kind() != ErrorKind::engine_conflict) {
        throw;
      }
      pause();
    }
    return LookAgain{};
  }

  StepResult carry_out(const AwaitCreator&) {
    pause();
    return LookAgain{};
  }

  StepResult carry_out(const StartContainer& step) {
    if (!unless_removed(engine_, step.id, [&] { engine_.start_container(step.id); })) {
      return LookAgain{};
    }
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
      pause();
      return LookAgain{};
    }
  }

  StepResult carry_out(const Enter& step) { return ReadySandbox{.sandbox = step.sandbox}; }

  StepResult carry_out(const CreateSandbox&) {
    if (pull_ == PullPolicy::always && !pulled_) {
      pull();
      return LookAgain{};
    }
    Creation creation = create_sandbox(engine_, spec_, looked_at_);
    switch (creation.result) {
      case CreationResult::made:
        return ReadySandbox{.sandbox = std::move(creation.sandbox), .created = true};
      case CreationResult::look_again:
        pause();
        break;
      case CreationResult::image_missing:
        pull();
        break;
    }
    return LookAgain{};
  }

  void pull() {
    if (pull_ == PullPolicy::never) {
      throw Error(ErrorKind::engine_not_found, "no such image: " + spec_.template_image + ", and --pull never was given",
                  "Pull or build the image first.");
    }
    if (pulled_) {
      throw Error(ErrorKind::engine_not_found, "the image " + spec_.template_image + " is not there although it was pulled");
    }
    // A pull takes minutes and leaves nothing to take back: signals may end it at once.
    hooks_.pull_image(spec_.template_image);
    pulled_ = true;
  }

  /// A short pause between two looks at somebody else's work; longer ones as it goes on.
  void pause() {
    std::this_thread::sleep_for(pause_);
    pause_ = std::min(pause_ * 2, k_longest_pause);
  }

  bool waited_enough(const std::string& unfinished_id) {
    const auto now = std::chrono::steady_clock::now();
    if (unfinished_id != awaited_id_) {
      awaited_id_ = unfinished_id;
      awaited_since_ = now;
      pause_ = k_first_pause;
    }
    return now - awaited_since_ > k_creator_deadline;
  }

  engine::EngineClient& engine_;
  SandboxRegistry registry_;
  const SandboxSpec& spec_;
  PullPolicy pull_;
  const ExecutorHooks& hooks_;
  std::chrono::nanoseconds looked_at_{};
  std::chrono::milliseconds pause_ = k_first_pause;
  std::string awaited_id_;
  std::chrono::steady_clock::time_point awaited_since_{};
  bool pulled_ = false;
};

}  // namespace

ReadySandbox make_ready(engine::EngineClient& engine, const SandboxSpec& spec, PullPolicy pull,
                        const ExecutorHooks& hooks) {
  return Executor(engine, spec, pull, hooks).run();
}

}  // namespace docker_sandbox::sandbox

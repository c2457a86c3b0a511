// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/engine/client.hpp"
#include "docker_sandbox/sandbox/executor.hpp"
#include "docker_sandbox/sandbox/spec.hpp"
#include "support/fake_engine.hpp"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace docker_sandbox::sandbox {

inline constexpr const char* k_template = "template:1";

/// A FakeEngine with a template image, and one workspace whose sandbox the tests make.
class SandboxWorld {
 public:
  explicit SandboxWorld(support::FakeSettings settings = {});

  support::FakeEngine& engine() { return engine_; }
  const std::string& workspace() const { return workspace_; }
  SandboxSpec spec() const;

  /// A `run` up to its session, as a process of its own would do it: with a client of its own.
  ReadySandbox make_ready() { return make_ready(spec()); }
  ReadySandbox make_ready(const SandboxSpec& spec, PullPolicy pull = PullPolicy::missing, Reuse reuse = Reuse::keep);

  /// What the user was warned of, by all of them.
  std::vector<std::string> warnings() {
    return engine_.with_world([this](support::FakeWorld&) { return warnings_; });
  }

  /// What a `run` that failed leaves behind was made by a process that exists no more.
  void its_process_has_ended();

  /// Whether the set-up ran to its end in this container.
  bool is_set_up(const std::string& id) {
    return engine_.with_world([&](support::FakeWorld&) { return set_up_.count(id) != 0; });
  }
  /// Whether the workspace has a sandbox that can be entered: published, and set up.
  bool has_sandbox();
  /// Whether there is a container under the name that a sandbox has while it is made.
  bool has_unfinished();
  /// IDs of all containers.
  std::vector<std::string> containers();

  /// The one rule: there is exactly this sandbox, running, set up, published, and nothing else. Empty, or what is wrong.
  std::string complaint(const ReadySandbox& ready);

 private:
  // Under the world's mutex; destroyed after the engine, whose programs write to it.
  std::set<std::string> set_up_;
  std::vector<std::string> warnings_;
  support::FakeEngine engine_;
  std::string workspace_;
};

}  // namespace docker_sandbox::sandbox

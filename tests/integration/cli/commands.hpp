// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli_call.hpp"
#include "docker_sandbox/engine/client.hpp"
#include "docker_sandbox/sandbox/spec.hpp"
#include "support/fake_engine.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace docker_sandbox::cli {

inline constexpr const char* k_image = "template:1";

/// An engine, and the program called by a user who has chosen it.
class Commands : public testing::Test {
 protected:
  Commands() { engine_.add_image(k_image); }

  support::CallResult call(std::vector<std::string> words, const std::map<std::string, std::string>& more = {}) {
    docker_config::Environment environment = support::environment_of_user(engine_);
    for (const auto& [name, value] : more) {
      environment[name] = value;
    }
    return support::call(words, environment);
  }

  /// A sandbox that is set up and published, in the state "created". Its ID.
  std::string add_sandbox(const std::string& name, std::vector<sandbox::Variable> variables = {}) {
    sandbox::SandboxSpec spec;
    spec.agent = agent::find_agent("claude");
    spec.workspace = sandbox::resolve_workspace(engine_.directory().make(name), "");
    spec.template_image = k_image;
    spec.variables = std::move(variables);
    spec.identity = {1000, 1000};
    engine::EngineClient client(engine_.endpoint(), {}, std::nullopt);
    const std::string id = client.create_container(name, sandbox::container_request(spec, {}, name, "creator")).id;
    engine_.forget_requests();
    return id;
  }

  support::FakeEngine engine_;
};

}  // namespace docker_sandbox::cli

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/engine/client.hpp"
#include "support/fake_engine.hpp"

#include <optional>
#include <string>

namespace docker_sandbox::engine {

inline constexpr const char* k_image = "img:1";

inline EngineClient client_of(const support::FakeEngine& engine, std::optional<ApiVersion> pinned = std::nullopt) {
  return EngineClient(engine.endpoint(), {}, pinned);
}

/// A container that has not been started, in an engine that has been asked for nothing else.
inline std::string a_container(support::FakeEngine& engine, const std::string& name = "box") {
  engine.add_image(k_image);
  EngineClient client = client_of(engine);
  const std::string id = client.create_container(name, {.image = k_image}).id;
  engine.forget_requests();
  return id;
}

}  // namespace docker_sandbox::engine

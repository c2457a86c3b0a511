// SPDX-License-Identifier: Apache-2.0
#include "exec_start.hpp"

#include "docker_sandbox/base/error.hpp"

#include <chrono>
#include <optional>
#include <thread>

namespace docker_sandbox::sandbox {

using base::Error;
using base::ErrorKind;

namespace {

constexpr std::chrono::milliseconds k_end_shows{1000};
constexpr std::chrono::milliseconds k_state_poll{20};

}  // namespace

std::string settled_state(engine::EngineClient& engine, const std::string& container_id) {
  const auto end = std::chrono::steady_clock::now() + k_end_shows;
  for (;;) {
    const std::optional<engine::ContainerDetails> container = engine.find_container(container_id);
    if (!container || container->state != "running" || std::chrono::steady_clock::now() > end) {
      return container ? container->state : "";
    }
    std::this_thread::sleep_for(k_state_poll);
  }
}

bool keeps_running(engine::EngineClient& engine, const std::string& container_id) {
  return settled_state(engine, container_id) == "running";
}

engine::UpgradedConnection start_exec_in(engine::EngineClient& engine, const std::string& container_id,
                                         const std::string& exec_id, bool tty) {
  try {
    return engine.start_exec(exec_id, tty);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::engine_failure && !keeps_running(engine, container_id)) {
      throw Error(ErrorKind::engine_conflict, error.what());
    }
    throw;
  }
}

}  // namespace docker_sandbox::sandbox

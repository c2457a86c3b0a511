// SPDX-License-Identifier: Apache-2.0
#include "sessions.hpp"

#include "docker_sandbox/base/error.hpp"

#include <algorithm>

namespace docker_sandbox::sandbox {

std::size_t count_sessions(engine::EngineClient& engine, const engine::ContainerDetails& container) {
  std::size_t count = 0;
  for (const std::string& id : container.exec_ids) {
    try {
      // One that was made and never started stays in the engine's list for as long as the container runs.
      const engine::ExecDetails exec = engine.inspect_exec(id);
      const bool is_ours = std::any_of(exec.arguments.begin(), exec.arguments.end(), [](const std::string& argument) {
        return argument == k_watch_argument || argument == k_look_argument || argument == k_setup_argument;
      });
      count += exec.running && !is_ours ? 1 : 0;
    } catch (const base::Error& error) {
      if (error.kind() != base::ErrorKind::engine_not_found) {
        throw;
      }
    }
  }
  return count;
}

}  // namespace docker_sandbox::sandbox

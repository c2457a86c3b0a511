// SPDX-License-Identifier: Apache-2.0
#include "exec_start.hpp"

#include "docker_sandbox/base/error.hpp"

namespace docker_sandbox::sandbox {

using base::Error;
using base::ErrorKind;

bool still_runs(engine::EngineClient& engine, const std::string& container_id) {
  try {
    return engine.inspect_container(container_id).state == "running";
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::engine_not_found) {
      return false;
    }
    throw;
  }
}

engine::UpgradedConnection start_exec_in(engine::EngineClient& engine, const std::string& container_id,
                                         const std::string& exec_id, bool tty) {
  try {
    return engine.start_exec(exec_id, tty);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::engine_failure && !still_runs(engine, container_id)) {
      throw Error(ErrorKind::engine_conflict, error.what());
    }
    throw;
  }
}

}  // namespace docker_sandbox::sandbox

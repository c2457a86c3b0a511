// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/engine/client.hpp"

#include <string>

namespace docker_sandbox::sandbox {

/// Whether a container in which a process could not be started runs on. Takes up to a second: the processes of one that is
/// stopped or removed die before the engine shows it.
bool keeps_running(engine::EngineClient& engine, const std::string& container_id);

/// Starts an exec of that container. Throws Error{engine_conflict} when the container was stopped or removed since the exec
/// was created, on every engine: dockerd reports that as a failure of its own (status 500).
engine::UpgradedConnection start_exec_in(engine::EngineClient& engine, const std::string& container_id,
                                         const std::string& exec_id, bool tty);

}  // namespace docker_sandbox::sandbox

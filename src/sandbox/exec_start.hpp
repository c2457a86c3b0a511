// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/engine/client.hpp"

#include <chrono>
#include <string>

namespace docker_sandbox::sandbox {

/// So long may a loaded engine take to start a shell.
inline constexpr std::chrono::seconds k_start_deadline{120};

/// The state of a container in which something failed, empty when it is not there any more. Takes up to a second while that is
/// "running": the processes of one that is stopped or removed die before the engine shows it.
std::string settled_state(engine::EngineClient& engine, const std::string& container_id);

/// Whether that is "running".
bool keeps_running(engine::EngineClient& engine, const std::string& container_id);

/// Starts an exec of that container. Throws Error{engine_conflict} when the container was stopped or removed since the exec
/// was created, on every engine: dockerd reports that as a failure of its own (status 500).
engine::UpgradedConnection start_exec_in(engine::EngineClient& engine, const std::string& container_id,
                                         const std::string& exec_id, bool tty);

}  // namespace docker_sandbox::sandbox

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/engine/client.hpp"

#include <cstddef>

namespace docker_sandbox::sandbox {

/// Among the arguments of a process that only watches over a session: it ends a moment after the session has ended.
inline constexpr const char* k_watch_argument = "docker-sandbox-watch";
/// Among those of one that only looks at the mounts, for a moment.
inline constexpr const char* k_look_argument = "docker-sandbox-look";
/// Among those of the set-up: the engine may show it for a moment after it has said that it is done.
inline constexpr const char* k_setup_argument = "docker-sandbox-setup";

/// How many processes run in the container that were started in it from outside: agents of other terminals, headless ones,
/// and whatever `docker exec` started, but not those three of ours. One request for each.
std::size_t count_sessions(engine::EngineClient& engine, const engine::ContainerDetails& container);

}  // namespace docker_sandbox::sandbox

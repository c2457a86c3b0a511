// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/engine/client.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace docker_sandbox::sandbox {

struct CapturedExec {
  std::string out;
  std::string err;
};

/// Runs a program in a running container without input and collects what it writes (the first 64 KiB of each stream).
/// Throws Error{engine_timeout} when it has not ended at the deadline. Where `is_enough` says so of what it has written so
/// far, the rest, its end above all, is not waited for: engines take milliseconds to tell of that.
CapturedExec run_captured(engine::EngineClient& engine, const std::string& container_id,
                          const engine::ExecRequest& request, std::chrono::seconds deadline,
                          const std::function<bool(const CapturedExec&)>& is_enough = {});

}  // namespace docker_sandbox::sandbox

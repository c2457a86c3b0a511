// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/engine/client.hpp"
#include "docker_sandbox/sandbox/sandbox.hpp"

#include <string>

namespace docker_sandbox::sandbox {

/// Where a program that is not in the image's PATH may still be.
struct ProgramSearch {
  std::string found;   ///< absolute path of the executable, or empty
  std::string denied;  ///< a file of that name that cannot be executed, or empty
  std::string path;    ///< the directories searched, separated by colons, as PATH for a program that was found
};

/// Looks in the image's PATH, in ~/.local/bin, ~/bin, npm's global prefixes, and in what a login shell of the agent's user
/// would add. Runs one shell inside. Throws Error{engine_conflict} when the sandbox is on its way out, Error{engine_failure}
/// when no shell can be started in it.
ProgramSearch search_program(engine::EngineClient& engine, const Sandbox& sandbox, const std::string& program);

}  // namespace docker_sandbox::sandbox

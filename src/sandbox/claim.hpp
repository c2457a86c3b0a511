// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/engine/client.hpp"
#include "docker_sandbox/sandbox/spec.hpp"

#include <string>

/// The two acts that make a sandbox one of its workspace: the claim of the name that only one unfinished sandbox of a
/// workspace can have, and the publication by its rename (docs/adr/0001).
namespace docker_sandbox::sandbox {

enum class CreationResult {
  made,           ///< set up, published, running
  image_missing,  ///< nothing was created
  look_again,     ///< another process has or makes the sandbox; what was created here was removed again
};

enum class Sessions {
  protect,  ///< a sandbox that has one stays
  end,
};

/// The sandbox that a new one takes the place of.
struct Predecessor {
  std::string id;  ///< empty: there is none
  std::string name;
  Sessions sessions = Sessions::protect;
};

/// The new container, or why there is none.
struct Claim {
  engine::CreatedContainer container;  ///< without an ID: there is none
  CreationResult failure = CreationResult::look_again;
};

/// Creates the container. Throws Error{engine_conflict} when a container that is no sandbox has the name.
Claim claim_workspace(engine::EngineClient& engine, const SandboxSpec& spec, const engine::ContainerRequest& request);

enum class NameHolder {
  nobody,
  own_sandbox,  ///< another sandbox of the same workspace: published in this moment, or on its way out
};

/// Who has the name that the user chose, the predecessor aside. Throws Error{engine_conflict}, which says who, when it is
/// anybody else.
NameHolder holder_of_name(engine::EngineClient& engine, const std::string& name, const std::string& workspace,
                          const std::string& predecessor);

/// Throws Error{invalid_value} when the predecessor, if there is one, has a session that is to be protected.
void refuse_to_end_sessions(engine::EngineClient& engine, const Predecessor& predecessor);

/// Gives the sandbox its name: from now on it is there, complete, and its predecessor, which may have had the same name,
/// is a sandbox no more. Returns the name as it became: a default one that is taken gets a number, one that the user
/// chose is refused (Error{engine_conflict}).
std::string publish(engine::EngineClient& engine, const std::string& id, const std::string& wanted,
                    const SandboxSpec& spec, const Predecessor& predecessor);

/// Removes the predecessor of a published sandbox, if there is one, and returns when it is gone. Empty, or a sentence on
/// why it is still there.
std::string remove_predecessor(engine::EngineClient& engine, const Predecessor& predecessor);

}  // namespace docker_sandbox::sandbox

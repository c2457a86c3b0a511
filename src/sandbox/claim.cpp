// SPDX-License-Identifier: Apache-2.0
#include "claim.hpp"

#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/base/text.hpp"
#include "docker_sandbox/sandbox/labels.hpp"
#include "docker_sandbox/sandbox/removal.hpp"
#include "sessions.hpp"

#include <optional>

namespace docker_sandbox::sandbox {
namespace {

using base::Error;
using base::ErrorKind;

constexpr std::size_t k_short_id = 12;

/// The container of exactly that name or ID, if there is one.
std::optional<engine::ContainerDetails> find_exactly(engine::EngineClient& engine, const std::string& name_or_id) {
  std::optional<engine::ContainerDetails> container = engine.find_container(name_or_id);
  // Engines take the beginning of an ID for it, too.
  const bool is_it = container && (container->name == name_or_id || container->id == name_or_id);
  return is_it ? std::move(container) : std::nullopt;
}

/// The sandbox that a container is, by the same rules as for a list.
std::optional<Sandbox> as_sandbox(const engine::ContainerDetails& container) {
  return labels::decode({.id = container.id,
                         .names = {container.name},
                         .image = container.image,
                         .image_id = container.image_id,
                         .state = container.state,
                         .labels = container.labels,
                         .mounts = container.mounts});
}

std::string describe_foreign(const engine::ContainerDetails& container) {
  return "the container " + container.id.substr(0, k_short_id) + " (image " + base::printable(container.image) +
         "), which is not a sandbox";
}

bool is_made_by(const engine::ContainerDetails& container, const std::string& creator) {
  const auto label = container.labels.find(labels::k_creator);
  return label != container.labels.end() && label->second == creator;
}

/// A container that is no sandbox but has the name that one needs would make us wait for ever.
void refuse_foreign_lock(const std::optional<engine::ContainerDetails>& holder, const std::string& name,
                         const std::string& workspace) {
  if (!holder) {
    return;  // it has gone meanwhile
  }
  const std::optional<Sandbox> sandbox = as_sandbox(*holder);
  if (!sandbox || sandbox->workspace != workspace) {
    throw Error(ErrorKind::engine_conflict,
                "the container name " + name + ", which is needed to make the sandbox of " +
                    base::printable(workspace) + ", is taken by " + describe_foreign(*holder),
                "Rename or remove that container.");
  }
}

/// Whether a failed creation or rename failed because the name is taken. Podman answers that with status 500.
bool may_be_name_conflict(const Error& error) {
  return error.kind() == ErrorKind::engine_conflict || error.kind() == ErrorKind::engine_failure;
}

}  // namespace

Claim claim_workspace(engine::EngineClient& engine, const SandboxSpec& spec, const engine::ContainerRequest& request) {
  const std::string name = unfinished_name(spec.workspace.path);
  try {
    return {.id = engine.create_container(name, request)};
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::engine_not_found && !engine.inspect_image(spec.template_image)) {
      return {.failure = CreationResult::image_missing};
    }
    const std::optional<engine::ContainerDetails> holder = find_exactly(engine, name);
    if (holder && is_made_by(*holder, request.labels.at(labels::k_creator))) {
      return {.id = holder->id};  // it was made, whatever the answer said or whether it came
    }
    if (error.kind() == ErrorKind::engine_conflict || (may_be_name_conflict(error) && holder)) {
      refuse_foreign_lock(holder, name, spec.workspace.path);
      return {};
    }
    throw;
  }
}

NameHolder holder_of_name(engine::EngineClient& engine, const std::string& name, const std::string& workspace,
                          const std::string& predecessor) {
  const std::optional<engine::ContainerDetails> holder = find_exactly(engine, name);
  if (!holder || holder->id == predecessor) {
    return NameHolder::nobody;
  }
  const std::optional<Sandbox> sandbox = as_sandbox(*holder);
  if (sandbox && sandbox->workspace == workspace) {
    return NameHolder::own_sandbox;
  }
  throw Error(ErrorKind::engine_conflict,
              "the name " + base::printable(name) + " is taken by " +
                  (sandbox ? "the sandbox of " + base::printable(sandbox->workspace) : describe_foreign(*holder)),
              "Choose another name, or rename or remove that container.");
}

void make_way(engine::EngineClient& engine, const Predecessor& predecessor) {
  if (predecessor.id.empty()) {
    return;
  }
  if (predecessor.sessions == Sessions::protect) {
    const std::optional<engine::ContainerDetails> container = engine.find_container(predecessor.id);
    if (container && count_sessions(engine, *container) > 0) {
      throw Error(ErrorKind::invalid_value,
                  "a session has begun in the sandbox that was to be made anew; it stays as it is",
                  "End that session first, or add --force to end it now.");
    }
  }
  try {
    remove_sandbox(engine, predecessor.id);
  } catch (const Error&) {
    if (engine.find_container(predecessor.id)) {
      throw;
    }
    // It is gone, whatever the answer said or whether it came.
  }
}

std::string publish(engine::EngineClient& engine, const std::string& id, const std::string& wanted,
                    const SandboxSpec& spec, const Predecessor& predecessor) {
  constexpr int k_last_suffix = 999;
  for (int suffix = 1;; ++suffix) {
    const std::string name = suffix == 1 ? wanted : wanted + "-" + std::to_string(suffix);
    try {
      engine.rename_container(id, name);
      return name;
    } catch (const Error& error) {
      if (!may_be_name_conflict(error) || suffix == k_last_suffix || !find_exactly(engine, name)) {
        throw;
      }
      if (spec.name && predecessor.id.empty()) {
        holder_of_name(engine, name, spec.workspace.path, {});
        throw;
      }
    }
  }
}

}  // namespace docker_sandbox::sandbox

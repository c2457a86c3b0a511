// SPDX-License-Identifier: Apache-2.0
#include "claim.hpp"

#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/base/log.hpp"
#include "docker_sandbox/base/text.hpp"
#include "docker_sandbox/sandbox/labels.hpp"
#include "docker_sandbox/sandbox/removal.hpp"
#include "sessions.hpp"

#include <exception>
#include <functional>
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

/// The new container; nothing when there is no such image.
std::optional<engine::CreatedContainer> create_container(engine::EngineClient& engine, const std::string& name,
                                                         const engine::ContainerRequest& request) {
  try {
    return engine.create_container(name, request);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::engine_not_found) {
      throw;
    }
    if (!engine.inspect_image(request.image)) {
      return std::nullopt;
    }
  }
  return engine.create_container(name, request);  // another process has pulled it meanwhile
}

enum class Taken { try_next, give_up };

/// Renames a container to `wanted`, or to the first of `wanted`-2, -3, … that nobody has, from `first_number` on. Asks
/// `on_taken` whenever one is taken; when that gives up, the engine's own Error goes on.
std::string rename_to_free(engine::EngineClient& engine, const std::string& id, const std::string& wanted,
                           int first_number, const std::function<Taken()>& on_taken) {
  constexpr int k_last_number = 999;
  for (int number = first_number;; ++number) {
    std::string name = number == 1 ? wanted : wanted + "-" + std::to_string(number);
    try {
      engine.rename_container(id, name);
      return name;
    } catch (const Error& error) {
      if (!may_be_name_conflict(error) || number == k_last_number || !find_exactly(engine, name) ||
          on_taken() == Taken::give_up) {
        throw;
      }
    }
  }
}

/// A sandbox's name for the one that takes its place: until then, and unless that happens, it is what it was, by the same
/// name with a number behind it.
class NameOnLoan {
 public:
  NameOnLoan(engine::EngineClient& engine, const Predecessor& predecessor) : engine_(engine), owner_(predecessor) {
    try {
      rename_to_free(engine_, owner_.id, owner_.name, /*first_number=*/2, [] { return Taken::try_next; });
    } catch (const Error&) {
      give_back();  // it may have been done
      throw;
    }
  }
  NameOnLoan(const NameOnLoan&) = delete;
  NameOnLoan& operator=(const NameOnLoan&) = delete;
  ~NameOnLoan() {
    if (!kept_) {
      give_back();
    }
  }
  void keep() { kept_ = true; }

 private:
  void give_back() noexcept {
    try {
      engine_.rename_container(owner_.id, owner_.name);
    } catch (const std::exception& error) {
      // Never renamed, or the new one has the name after all; else the old one is called otherwise from now on.
      base::debug("cannot give the name {} back: {}", owner_.name, error.what());
    }
  }

  engine::EngineClient& engine_;
  const Predecessor& owner_;
  bool kept_ = false;
};

/// An engine elsewhere is the first to know that a path is not there.
Error refusal_elsewhere(const Error& refusal, const std::string& engine, const std::string& workspace) {
  const std::string words = refusal.what();
  const bool is_of_workspace = words.size() > workspace.size() &&
                               words.compare(words.size() - workspace.size(), workspace.size(), workspace) == 0;
  const std::string place = "the machine of the engine at " + base::printable(engine);
  if (is_of_workspace) {
    return Error(refusal.kind(),
                 "cannot use the workspace " + base::printable(workspace) + ": " + place + " has no such directory (" +
                     words + ")",
                 "Make it there, or name another one with --workspace.");
  }
  return Error(refusal.kind(), words, "The paths of the workspace and of volumes are those of " + place + ".");
}

}  // namespace

Claim claim_workspace(engine::EngineClient& engine, const SandboxSpec& spec, const engine::ContainerRequest& request) {
  const std::string name = unfinished_name(spec.workspace.path);
  try {
    std::optional<engine::CreatedContainer> made = create_container(engine, name, request);
    return made ? Claim{.container = *std::move(made)} : Claim{.failure = CreationResult::image_missing};
  } catch (const Error& error) {
    const std::optional<engine::ContainerDetails> holder = find_exactly(engine, name);
    if (holder && is_made_by(*holder, request.labels.at(labels::k_creator))) {
      return {.container = {.id = holder->id}};  // it was made, whatever the answer said or whether it came
    }
    if (error.kind() == ErrorKind::engine_conflict || (may_be_name_conflict(error) && holder)) {
      refuse_foreign_lock(holder, name, spec.workspace.path);
      return {};
    }
    if (error.kind() == ErrorKind::engine_bad_request && !engine.endpoint().is_local()) {
      throw refusal_elsewhere(error, engine.endpoint().host, spec.workspace.path);
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

void refuse_to_end_sessions(engine::EngineClient& engine, const Predecessor& predecessor) {
  if (predecessor.id.empty() || predecessor.sessions == Sessions::end) {
    return;
  }
  const std::optional<engine::ContainerDetails> container = engine.find_container(predecessor.id);
  if (container && count_sessions(engine, *container) > 0) {
    throw Error(ErrorKind::invalid_value,
                "a session has begun in the sandbox that was to be made anew; it stays as it is",
                "End that session first, or add --force to end it now.");
  }
}

std::string publish(engine::EngineClient& engine, const std::string& id, const std::string& wanted,
                    const SandboxSpec& spec, const Predecessor& predecessor) {
  std::optional<NameOnLoan> loan;
  if (predecessor.name == wanted) {
    loan.emplace(engine, predecessor);
  }
  std::string name = rename_to_free(engine, id, wanted, /*first_number=*/1, [&] {
    if (spec.name) {
      holder_of_name(engine, wanted, spec.workspace.path, {});
      return Taken::give_up;
    }
    return Taken::try_next;
  });
  if (loan) {
    loan->keep();
  }
  return name;
}

std::string remove_predecessor(engine::EngineClient& engine, const Predecessor& predecessor) {
  if (predecessor.id.empty()) {
    return {};
  }
  try {
    remove_sandbox(engine, predecessor.id);
    return {};
  } catch (const Error& error) {
    try {
      if (!engine.find_container(predecessor.id)) {
        return {};  // it is gone, whatever the answer said or whether it came
      }
    } catch (const Error&) {
      // Then it cannot be told; the next run will see.
    }
    return "the sandbox that was here before could not be removed, which the next run will try again: " +
           std::string(error.what());
  }
}

}  // namespace docker_sandbox::sandbox

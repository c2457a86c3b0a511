// SPDX-License-Identifier: Apache-2.0
#include "creation.hpp"

#include "claim.hpp"
#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/base/log.hpp"
#include "docker_sandbox/base/text.hpp"
#include "docker_sandbox/sandbox/checked_mounts.hpp"
#include "docker_sandbox/sandbox/creator.hpp"
#include "docker_sandbox/sandbox/git_layout.hpp"
#include "docker_sandbox/sandbox/host_credentials.hpp"
#include "docker_sandbox/sandbox/labels.hpp"
#include "exec_start.hpp"
#include "setup.hpp"

#include <atomic>
#include <ctime>
#include <exception>
#include <iterator>
#include <optional>
#include <variant>

namespace docker_sandbox::sandbox {
namespace {

using base::Error;
using base::ErrorKind;

/// Between our look and the engine's answer to our creation, another process could have made and published a sandbox only
/// if it had time to start a container and run the set-up in it, which takes several times this long.
constexpr std::chrono::milliseconds k_safe_window{25};
/// On an engine that is not several times slower than that, the window proves nothing.
constexpr std::chrono::milliseconds k_fast_creation{100};
/// With the numbers that were guessed, and with those that the set-up found.
constexpr int k_most_tries = 2;

/// Names this attempt among all of all processes.
std::string new_creator() {
  static std::atomic<unsigned> last_attempt{0};
  return this_creator() + "/" + std::to_string(++last_attempt);
}

/// Removes the unfinished sandbox unless told that it is to stay, also when the stack unwinds. By its name: when only the
/// answer to its publication was lost, it is a sandbox, and others may be in it.
class Rollback {
 public:
  Rollback(engine::EngineClient& engine, std::string name) : engine_(engine), name_(std::move(name)) {}
  Rollback(const Rollback&) = delete;
  Rollback& operator=(const Rollback&) = delete;
  ~Rollback() {
    if (name_.empty()) {
      return;
    }
    try {
      engine_.remove_container(name_);
    } catch (const std::exception& error) {
      // It still has the name of an unfinished sandbox: the next run replaces it.
      base::debug("cannot remove the unfinished sandbox {}: {}", name_, error.what());
    }
  }
  void keep() { name_.clear(); }

 private:
  engine::EngineClient& engine_;
  std::string name_;
};

void stop_if_interrupted(const char* what_became = "what had been created was removed again") {
  if (const int signal = os::Interrupts::pending()) {
    throw os::interruption(signal, std::string("interrupted; ") + what_became);
  }
}

/// Whether the container is not there any more, or is being removed; what cannot be told counts as no.
bool is_going(engine::EngineClient& engine, const std::string& id) {
  try {
    const std::string state = settled_state(engine, id);
    return state.empty() || state == "removing" || state == "dead";
  } catch (const Error&) {
    return false;
  }
}

Sandbox made_sandbox(const SandboxSpec& spec, const engine::ContainerRequest& request, const std::string& id,
                     const std::string& name) {
  Sandbox sandbox;
  sandbox.id = id;
  sandbox.name = name;
  sandbox.agent = spec.agent->name;
  sandbox.workspace = spec.workspace.path;
  sandbox.workspace_inode = spec.workspace.inode;
  sandbox.credentials = spec.credentials;
  sandbox.template_image = spec.template_image;
  sandbox.user = std::to_string(spec.identity.user);
  for (const Variable& variable : spec.variables) {
    sandbox.variables.push_back(variable.name);
  }
  sandbox.docker_socket = spec.docker_socket.has_value();
  sandbox.state = RunState::running;
  sandbox.creator = request.labels.at(labels::k_creator);
  sandbox.labels = request.labels;
  return sandbox;
}

/// Whether the workspace has another sandbox by now than the one that was seen and is to give way. A dead one that the
/// engine cannot delete is none.
bool is_superfluous(engine::EngineClient& engine, const SandboxSpec& spec, const Predecessor& predecessor) {
  const std::optional<Sandbox> ready = SandboxRegistry(engine).look_up(spec.workspace.path).ready;
  return ready && ready->id != predecessor.id && ready->state != RunState::going;
}

void append(std::vector<std::string>& lines, std::vector<std::string> more) {
  lines.insert(lines.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

/// Of an engine elsewhere, what is on this machine says nothing.
HostParts host_parts(const SandboxSpec& spec, const docker_config::Endpoint& endpoint, const std::string& creator) {
  if (!endpoint.is_local()) {
    return {};
  }
  HostParts parts = host_credentials(spec, {spec.caller.configuration_directory, endpoint, creator});
  GitLayout git = look_at_git(spec.workspace.path);
  parts.mounts.insert(parts.mounts.end(), git.mounts.begin(), git.mounts.end());
  append(parts.warnings, std::move(git.warnings));
  append(parts.notes, std::move(git.notes));
  return parts;
}

/// Whatever becomes of a creation: what the host keeps for sandboxes that are gone, its own or the predecessor's, goes.
class SweepAtEnd {
 public:
  SweepAtEnd(engine::EngineClient& engine, const SandboxSpec& spec, const Predecessor& predecessor)
      : engine_(engine),
        configuration_directory_(spec.caller.configuration_directory),
        is_due_(engine.endpoint().is_local() &&
                (spec.credentials == CredentialsMode::host || !predecessor.id.empty())) {}
  SweepAtEnd(const SweepAtEnd&) = delete;
  SweepAtEnd& operator=(const SweepAtEnd&) = delete;
  ~SweepAtEnd() {
    if (is_due_) {
      sweep_host_directories(engine_, configuration_directory_);
    }
  }

 private:
  engine::EngineClient& engine_;
  const std::string& configuration_directory_;
  bool is_due_;
};

/// One try with the numbers that the spec names. Others when the set-up found that the agent has to have those; then
/// nothing of it is left.
std::variant<Creation, Identity> try_to_create(engine::EngineClient& engine, const SandboxSpec& spec,
                                               std::chrono::nanoseconds looked_at, const Predecessor& predecessor,
                                               const Warn& warn) {
  const std::string wanted_name = spec.name.value_or(default_name(*spec.agent, std::time(nullptr)));
  const std::string creator = new_creator();
  HostParts parts = host_parts(spec, engine.endpoint(), creator);
  engine::ContainerRequest request = container_request(spec, parts, wanted_name, creator);
  if (!predecessor.id.empty()) {
    request.labels[labels::k_replaces] = predecessor.id;
  }
  const std::vector<CheckedMount> checked =
      engine.endpoint().is_local() ? checked_mounts(request.mounts, spec.docker_socket) : std::vector<CheckedMount>();
  auto deferral = std::make_shared<const os::Interrupts::Deferral>();
  if (spec.name && holder_of_name(engine, *spec.name, spec.workspace.path, predecessor.id) == NameHolder::own_sandbox) {
    return Creation{};
  }
  const Claim claimed = claim_workspace(engine, spec, request);
  const std::string& id = claimed.container.id;
  if (id.empty()) {
    stop_if_interrupted();
    return Creation{.result = claimed.failure};
  }
  const std::chrono::nanoseconds claimed_at = boot_time();
  Rollback rollback(engine, unfinished_name(spec.workspace.path));
  // Before the start, as docker does: a warning may be the reason why that fails.
  for (const std::string& warning : claimed.container.warnings) {
    warn(warning);
  }
  stop_if_interrupted();
  if (claimed_at - looked_at > k_safe_window && is_superfluous(engine, spec, predecessor)) {
    return Creation{};  // made and published by another process since we looked: ours is superfluous
  }
  std::string name;
  bool superfluous = false;
  SetupReport report;
  const bool there = unless_removed(engine, id, [&] {
    engine.start_container(id);
    stop_if_interrupted();
    report = set_up(engine, id, spec, parts);
    stop_if_interrupted();
    if (report.other_numbers) {
      return;
    }
    refuse_other_mounts(checked, report.kernel, report.mounts);
    superfluous = boot_time() - claimed_at < k_fast_creation && is_superfluous(engine, spec, predecessor);
    if (!superfluous) {
      refuse_to_end_sessions(engine, predecessor);
      name = publish(engine, id, wanted_name, spec, predecessor);
    }
  });
  if (!there || superfluous) {
    return Creation{};  // the former: taken for dead by another process, which goes on itself
  }
  if (report.other_numbers) {
    return *report.other_numbers;
  }
  rollback.keep();
  if (os::Interrupts::pending() != 0 && predecessor.id.empty()) {
    // Too late for the rollback, which knows the other name. One that has just joined looks again, as after any removal.
    engine.remove_container(id);
    stop_if_interrupted();
  }
  if (std::string complaint = remove_predecessor(engine, predecessor); !complaint.empty()) {
    parts.warnings.push_back(std::move(complaint));
  }
  stop_if_interrupted("the sandbox had been made anew already");
  append(parts.warnings, std::move(report.warnings));
  append(parts.notes, std::move(report.notes));
  return Creation{.result = CreationResult::made,
                  .sandbox = made_sandbox(spec, request, id, name),
                  .warnings = std::move(parts.warnings),
                  .notes = std::move(parts.notes),
                  .deferral = std::move(deferral)};
}

}  // namespace

std::chrono::nanoseconds boot_time() {
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

bool unless_removed(engine::EngineClient& engine, const std::string& id, const std::function<void()>& act) {
  try {
    act();
    return true;
  } catch (const Error& error) {
    const ErrorKind kind = error.kind();
    const bool may_be_removed =
        kind == ErrorKind::engine_not_found || kind == ErrorKind::engine_conflict || kind == ErrorKind::engine_failure;
    if (may_be_removed && is_going(engine, id)) {
      return false;
    }
    throw;
  }
}

Creation create_sandbox(engine::EngineClient& engine, const SandboxSpec& spec, std::chrono::nanoseconds looked_at,
                        const Predecessor& predecessor, const Warn& warn) {
  const SweepAtEnd sweep(engine, spec, predecessor);
  SandboxSpec attempt = spec;
  for (int tries = 0; tries < k_most_tries; ++tries) {
    std::variant<Creation, Identity> outcome = try_to_create(engine, attempt, looked_at, predecessor, warn);
    if (auto* creation = std::get_if<Creation>(&outcome)) {
      return std::move(*creation);
    }
    attempt.identity = std::get<Identity>(outcome);
  }
  return {};  // the workspace changes hands all the time
}

}  // namespace docker_sandbox::sandbox

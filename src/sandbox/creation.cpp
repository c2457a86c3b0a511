// SPDX-License-Identifier: Apache-2.0
#include "creation.hpp"

#include "claim.hpp"
#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/base/log.hpp"
#include "docker_sandbox/base/text.hpp"
#include "docker_sandbox/os/interrupts.hpp"
#include "docker_sandbox/sandbox/creator.hpp"
#include "docker_sandbox/sandbox/exec_capture.hpp"
#include "docker_sandbox/sandbox/git_identity.hpp"
#include "setup_script.hpp"

#include <csignal>
#include <ctime>
#include <string_view>
#include <thread>

namespace docker_sandbox::sandbox {
namespace {

using base::Error;
using base::ErrorKind;

constexpr std::chrono::seconds k_setup_deadline{120};
/// Between our look and the engine's answer to our creation, another process could have made and published a sandbox only
/// if it had time to start a container and run the set-up in it, which takes several times this long.
constexpr std::chrono::milliseconds k_safe_window{25};
/// On an engine that is not several times slower than that, the window proves nothing.
constexpr std::chrono::milliseconds k_fast_creation{100};
/// How long the engine may take to tell that a container whose process ended is being removed.
constexpr std::chrono::milliseconds k_removal_shows{1000};
constexpr std::chrono::milliseconds k_poll{20};
constexpr std::string_view k_setup_done = "docker-sandbox: set up\n";

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
    } catch (const Error& error) {
      // It still has the name of an unfinished sandbox: the next run replaces it.
      base::debug("cannot remove the unfinished sandbox {}: {}", name_, error.what());
    }
  }
  void keep() { name_.clear(); }

 private:
  engine::EngineClient& engine_;
  std::string name_;
};

void stop_if_interrupted() {
  if (const int signal = os::Interrupts::pending()) {
    throw Error(signal == SIGINT ? ErrorKind::interrupted : ErrorKind::terminated,
                "interrupted; what had been created was removed again");
  }
}

/// The template's entrypoint ended instead of running the command it was given: its own words say why.
void refuse_if_ended(engine::EngineClient& engine, const std::string& id, const std::string& template_image) {
  const engine::ContainerDetails details = engine.inspect_container(id);
  if (details.state == "running") {
    return;
  }
  constexpr int k_quoted_lines = 10;
  const std::string words = base::printable_lines(base::trim(engine.container_log_tail(id, k_quoted_lines)));
  throw Error(ErrorKind::engine_failure,
              "the sandbox ended as soon as it was started (exit code " + std::to_string(details.exit_code) +
                  "): the template " + template_image +
                  " has no shell, or its entrypoint does not start the command it is given" +
                  (words.empty() ? "" : "; its last output was:\n" + words));
}

void set_up(engine::EngineClient& engine, const std::string& id, const SandboxSpec& spec) {
  const std::string volume = spec.credentials == CredentialsMode::sandbox ? spec.agent->credential_mount : "";
  const std::string& workspace = spec.workspace.path;
  const engine::ExecRequest request{.command = {"/bin/sh", "-c", k_setup_script, "docker-sandbox-setup"},
                                    .env = {"SETUP_UID=" + std::to_string(spec.identity.user),
                                            "SETUP_GID=" + std::to_string(spec.identity.group),
                                            "SETUP_GIT=" + git_configuration(git_identity(workspace), workspace),
                                            "SETUP_VOLUME=" + volume,
                                            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
                                    .user = "0",
                                    .working_directory = "/"};
  CapturedExec result;
  try {
    result = run_captured(engine, id, request, k_setup_deadline);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::engine_conflict || error.kind() == ErrorKind::engine_failure) {
      refuse_if_ended(engine, id, spec.template_image);
    }
    throw;
  }
  const std::string_view out = result.out;
  if (out.size() < k_setup_done.size() || out.substr(out.size() - k_setup_done.size()) != k_setup_done) {
    refuse_if_ended(engine, id, spec.template_image);
    throw Error(ErrorKind::engine_failure, "cannot set up a sandbox from the template " + spec.template_image + ": " +
                                               base::printable_lines(base::trim(result.out + result.err)));
  }
}

/// Whether the container is not there any more, or is being removed. A process in it dies before the engine shows that.
bool is_going(engine::EngineClient& engine, const std::string& id) {
  const auto end = std::chrono::steady_clock::now() + k_removal_shows;
  for (;;) {
    try {
      const std::string state = engine.inspect_container(id).state;
      if (state == "removing" || state == "dead") {
        return true;
      }
      if (state != "running" || std::chrono::steady_clock::now() > end) {
        return false;
      }
    } catch (const Error& error) {
      return error.kind() == ErrorKind::engine_not_found;
    }
    std::this_thread::sleep_for(k_poll);
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
  sandbox.docker_socket = spec.docker_socket.has_value();
  sandbox.state = RunState::running;
  sandbox.labels = request.labels;
  return sandbox;
}

/// Whether the workspace has another sandbox by now than the one that was seen and is to give way.
bool is_superfluous(engine::EngineClient& engine, const SandboxSpec& spec, const Predecessor& predecessor) {
  const std::optional<Sandbox> ready = SandboxRegistry(engine).look_up(spec.workspace.path).ready;
  return ready && ready->id != predecessor.id;
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
    const bool may_be_removed = kind == ErrorKind::engine_not_found || kind == ErrorKind::engine_conflict ||
                                kind == ErrorKind::engine_failure;
    if (may_be_removed && is_going(engine, id)) {
      return false;
    }
    throw;
  }
}

Creation create_sandbox(engine::EngineClient& engine, const SandboxSpec& spec, std::chrono::nanoseconds looked_at,
                        const Predecessor& predecessor) {
  const std::string wanted_name = spec.name.value_or(default_name(*spec.agent, std::time(nullptr)));
  const engine::ContainerRequest request = container_request(spec, wanted_name, this_creator());
  const os::Interrupts::Deferral deferral;
  if (spec.name &&
      holder_of_name(engine, *spec.name, spec.workspace.path, predecessor.id) == NameHolder::own_sandbox) {
    return {};
  }
  const Claim claimed = claim_workspace(engine, spec, request);
  if (claimed.id.empty()) {
    stop_if_interrupted();
    return {.result = claimed.failure};
  }
  const std::chrono::nanoseconds claimed_at = boot_time();
  Rollback rollback(engine, unfinished_name(spec.workspace.path));
  stop_if_interrupted();
  if (claimed_at - looked_at > k_safe_window && is_superfluous(engine, spec, predecessor)) {
    return {};  // made and published by another process since we looked: ours is superfluous
  }
  std::string name;
  bool superfluous = false;
  const bool there = unless_removed(engine, claimed.id, [&] {
    engine.start_container(claimed.id);
    stop_if_interrupted();
    set_up(engine, claimed.id, spec);
    stop_if_interrupted();
    superfluous = boot_time() - claimed_at < k_fast_creation && is_superfluous(engine, spec, predecessor);
    if (!superfluous) {
      make_way(engine, predecessor);
      name = publish(engine, claimed.id, wanted_name, spec, predecessor);
    }
  });
  if (!there || superfluous) {
    return {};  // the former: taken for dead by another process, which goes on itself
  }
  rollback.keep();
  return {.result = CreationResult::made, .sandbox = made_sandbox(spec, request, claimed.id, name)};
}

}  // namespace docker_sandbox::sandbox

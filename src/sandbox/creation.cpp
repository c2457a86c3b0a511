// SPDX-License-Identifier: Apache-2.0
#include "creation.hpp"

#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/base/log.hpp"
#include "docker_sandbox/base/text.hpp"
#include "docker_sandbox/os/interrupts.hpp"
#include "docker_sandbox/sandbox/creator.hpp"
#include "docker_sandbox/sandbox/exec_capture.hpp"
#include "docker_sandbox/sandbox/git_identity.hpp"
#include "docker_sandbox/sandbox/labels.hpp"
#include "setup_script.hpp"

#include <csignal>
#include <ctime>
#include <string_view>

namespace docker_sandbox::sandbox {
namespace {

using base::Error;
using base::ErrorKind;

constexpr std::chrono::seconds k_setup_deadline{120};
/// Between our look and the engine's answer to our creation, another process could have made and published a sandbox only
/// if it had time to start a container and run the set-up in it, which takes several times this long.
constexpr std::chrono::milliseconds k_safe_window{25};
constexpr std::string_view k_setup_done = "docker-sandbox: set up\n";

/// Removes the container unless told that it is to stay, also when the stack unwinds.
class Rollback {
 public:
  Rollback(engine::EngineClient& engine, std::string id) : engine_(engine), id_(std::move(id)) {}
  Rollback(const Rollback&) = delete;
  Rollback& operator=(const Rollback&) = delete;
  ~Rollback() {
    if (id_.empty()) {
      return;
    }
    try {
      engine_.remove_container(id_);
    } catch (const Error& error) {
      // It still has the name of an unfinished sandbox: the next run replaces it.
      base::debug("cannot remove the unfinished sandbox {}: {}", id_, error.what());
    }
  }
  void keep() { id_.clear(); }

 private:
  engine::EngineClient& engine_;
  std::string id_;
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

/// Gives the sandbox its name: from now on it is there, complete. Returns the name as it became.
std::string publish(engine::EngineClient& engine, const std::string& id, const std::string& wanted, bool chosen_by_user) {
  constexpr int k_last_suffix = 99;
  for (int suffix = 1;; ++suffix) {
    const std::string name = suffix == 1 ? wanted : wanted + "-" + std::to_string(suffix);
    try {
      engine.rename_container(id, name);
      return name;
    } catch (const Error& error) {
      // Podman answers a taken name with status 500.
      const bool taken = error.kind() == ErrorKind::engine_conflict || error.kind() == ErrorKind::engine_failure;
      if (!taken || chosen_by_user || suffix == k_last_suffix) {
        throw;
      }
    }
  }
}

/// A container that is no sandbox but has the name that one needs would make us wait for ever.
void refuse_foreign_holder(engine::EngineClient& engine, const std::string& name, const std::string& workspace) {
  engine::ContainerDetails holder;
  try {
    holder = engine.inspect_container(name);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::engine_not_found) {
      return;  // it has gone meanwhile
    }
    throw;
  }
  const auto label = holder.labels.find(labels::k_workspace);
  if (holder.name == name && (label == holder.labels.end() || label->second != workspace)) {
    throw Error(ErrorKind::engine_conflict,
                "the container name " + name + ", which is needed to make the sandbox of " + base::printable(workspace) +
                    ", is taken by the container " + holder.id.substr(0, 12) + ", which is not a sandbox",
                "Rename or remove that container.");
  }
}

/// The new container's ID, or why there is none.
struct Claim {
  std::string id;
  CreationResult failure = CreationResult::look_again;
};

Claim claim(engine::EngineClient& engine, const SandboxSpec& spec, const engine::ContainerRequest& request) {
  const std::string name = unfinished_name(spec.workspace.path);
  try {
    return {.id = engine.create_container(name, request)};
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::engine_not_found && !engine.inspect_image(spec.template_image)) {
      return {.failure = CreationResult::image_missing};
    }
    if (error.kind() == ErrorKind::engine_conflict) {
      refuse_foreign_holder(engine, name, spec.workspace.path);
      return {};
    }
    // Podman answers a taken name with status 500: ask whether it is.
    if (error.kind() == ErrorKind::engine_failure &&
        SandboxRegistry(engine).look_up(spec.workspace.path).unfinished.has_value()) {
      return {};
    }
    throw;
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
    if (error.kind() != ErrorKind::engine_not_found) {
      throw;
    }
    try {
      engine.inspect_container(id);
    } catch (const Error& inspection) {
      if (inspection.kind() == ErrorKind::engine_not_found) {
        return false;
      }
    }
    throw;
  }
}

Creation create_sandbox(engine::EngineClient& engine, const SandboxSpec& spec, std::chrono::nanoseconds looked_at) {
  const std::string wanted_name = spec.name.value_or(default_name(*spec.agent, std::time(nullptr)));
  const engine::ContainerRequest request = container_request(spec, wanted_name, this_creator());
  const os::Interrupts::Deferral deferral;
  const Claim claimed = claim(engine, spec, request);
  if (claimed.id.empty()) {
    stop_if_interrupted();
    return {.result = claimed.failure};
  }
  Rollback rollback(engine, claimed.id);
  stop_if_interrupted();
  if (boot_time() - looked_at > k_safe_window && SandboxRegistry(engine).look_up(spec.workspace.path).ready) {
    return {};  // made and published by another process since we looked: ours is superfluous
  }
  std::string name;
  const bool there = unless_removed(engine, claimed.id, [&] {
    engine.start_container(claimed.id);
    stop_if_interrupted();
    set_up(engine, claimed.id, spec);
    stop_if_interrupted();
    name = publish(engine, claimed.id, wanted_name, spec.name.has_value());
  });
  if (!there) {
    return {};  // taken for dead by another process, which goes on itself
  }
  rollback.keep();
  return {.result = CreationResult::made, .sandbox = made_sandbox(spec, request, claimed.id, name)};
}

}  // namespace docker_sandbox::sandbox

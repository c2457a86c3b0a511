// SPDX-License-Identifier: Apache-2.0
#include "world/sandbox_world.hpp"

#include "docker_sandbox/sandbox/creator.hpp"
#include "docker_sandbox/sandbox/labels.hpp"
#include "docker_sandbox/sandbox/registry.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

namespace docker_sandbox::sandbox {
namespace {

using support::FakeWorld;

bool is_set_up_script(const std::vector<std::string>& command) {
  return std::find(command.begin(), command.end(), "docker-sandbox-setup") != command.end();
}

}  // namespace

SandboxWorld::SandboxWorld(support::FakeSettings settings)
    : engine_(std::move(settings)), workspace_(engine_.directory().make("workspace")) {
  engine_.add_image(k_template);
  engine_.add_program(is_set_up_script, [this](support::Process& process) {
    engine_.with_world([&](FakeWorld&) { set_up_.insert(process.container_id()); });
    process.write_out("docker-sandbox: set up\n");
    return 0;
  });
}

SandboxSpec SandboxWorld::spec() const {
  SandboxSpec spec;
  spec.agent = agent::find_agent("claude");
  struct stat status {};
  ::stat(workspace_.c_str(), &status);
  spec.workspace = {.path = workspace_,
                    .device = status.st_dev,
                    .inode = status.st_ino,
                    .owner = status.st_uid,
                    .group = status.st_gid};
  spec.template_image = k_template;
  spec.identity = {1000, 1000};
  return spec;
}

ReadySandbox SandboxWorld::make_ready(const SandboxSpec& spec, PullPolicy pull, Reuse reuse) {
  engine::EngineClient client(engine_.endpoint(), {}, std::nullopt);
  const ExecutorHooks hooks{
      .pull_image = [&](const std::string& reference) { client.pull_image(reference, "", [](std::string_view) {}); },
      .warn = [&](const std::string& line) { engine_.with_world([&](FakeWorld&) { warnings_.push_back(line); }); }};
  return sandbox::make_ready(client, spec, pull, hooks, reuse);
}

void SandboxWorld::its_process_has_ended() {
  engine_.with_world([](FakeWorld& world) {
    for (auto& [id, container] : world.containers) {
      const auto label = container.labels.find(labels::k_creator);
      if (label != container.labels.end()) {
        // Another start time: the number is some other process's now.
        label->second = this_creator() + "0";
      }
    }
  });
}

bool SandboxWorld::has_sandbox() {
  engine::EngineClient client(engine_.endpoint(), {}, std::nullopt);
  const std::optional<Sandbox> ready = SandboxRegistry(client).look_up(workspace_).ready;
  return ready && ready->state != RunState::going && is_set_up(ready->id);
}

bool SandboxWorld::has_unfinished() {
  return engine_.with_world(
      [&](FakeWorld& world) { return world.find_container(unfinished_name(workspace_)) != nullptr; });
}

std::vector<std::string> SandboxWorld::containers() {
  return engine_.with_world([](FakeWorld& world) {
    std::vector<std::string> ids;
    for (const auto& [id, container] : world.containers) {
      ids.push_back(id);
    }
    return ids;
  });
}

std::string SandboxWorld::complaint(const ReadySandbox& ready) {
  return engine_.with_world([&](FakeWorld& world) -> std::string {
    // Remains that the engine could not delete are no sandbox.
    const auto alive = std::count_if(world.containers.begin(), world.containers.end(),
                                     [](const auto& entry) { return entry.second.state != "dead"; });
    if (alive != 1) {
      return std::to_string(alive) + " containers instead of one";
    }
    if (world.containers.count(ready.sandbox.id) == 0) {
      return "another container than the one that was given";
    }
    const support::FakeContainer& container = world.containers.at(ready.sandbox.id);
    if (container.state != "running") {
      return "its state is " + container.state;
    }
    if (container.name == unfinished_name(workspace_) || container.name != ready.sandbox.name) {
      return "its name is " + container.name;
    }
    return set_up_.count(container.id) == 0 ? "it was not set up" : "";
  });
}

}  // namespace docker_sandbox::sandbox

// SPDX-License-Identifier: Apache-2.0
#include "world/beginning.hpp"

#include "support/errors.hpp"

#include <filesystem>
#include <ostream>

namespace docker_sandbox::sandbox {
namespace {

using support::FakeWorld;

void set_state(SandboxWorld& world, const char* state) {
  world.make_ready();
  world.engine().with_world([&](FakeWorld& fake) { fake.containers.begin()->second.state = state; });
}

/// Another directory stands at the workspace's path while the sandbox runs.
void make_directory_again(SandboxWorld& world) {
  world.make_ready();
  std::filesystem::rename(world.workspace(), world.workspace() + ".old");
  std::filesystem::create_directory(world.workspace());
}

constexpr const char* k_name = "mine";

void make_named(SandboxWorld& world) {
  SandboxSpec spec = world.spec();
  spec.name = k_name;
  world.make_ready(spec);
}

void leave_half_made(SandboxWorld& world) {
  world.make_ready();
  world.engine().with_world(
      [&](FakeWorld& fake) { fake.containers.begin()->second.name = unfinished_name(world.workspace()); });
  world.its_process_has_ended();
}

}  // namespace

void PrintTo(const Beginning& beginning, std::ostream* out) {
  *out << beginning.name;
}

const std::vector<Beginning>& beginnings() {
  static const std::vector<Beginning> all{
      {"nothing", There::nothing, [](SandboxWorld&) {}},
      {"no_image", There::nothing, [](SandboxWorld& world) { world.engine().add_to_registry("far:2"); }, "far:2"},
      {"running", There::a_sandbox, [](SandboxWorld& world) { world.make_ready(); }},
      {"stopped", There::a_sandbox, [](SandboxWorld& world) { set_state(world, "exited"); }},
      {"paused", There::a_sandbox, [](SandboxWorld& world) { set_state(world, "paused"); }},
      {"made_again", There::a_sandbox, make_directory_again},
      {"dead", There::remains, [](SandboxWorld& world) { set_state(world, "dead"); }},
      {"half_made", There::remains, leave_half_made},
      {"recreate_running", There::a_sandbox, [](SandboxWorld& world) { world.make_ready(); }, k_template,
       Reuse::recreate},
      {"recreate_stopped", There::a_sandbox, [](SandboxWorld& world) { set_state(world, "exited"); }, k_template,
       Reuse::recreate},
      {"recreate_by_force", There::a_sandbox, [](SandboxWorld& world) { world.make_ready(); }, k_template,
       Reuse::recreate_by_force},
      {"recreate_by_its_name", There::a_sandbox, make_named, k_template, Reuse::recreate, k_name},
  };
  return all;
}

ReadySandbox run(SandboxWorld& world, const Beginning& beginning, Reuse reuse) {
  SandboxSpec spec = world.spec();
  spec.template_image = beginning.template_image;
  if (beginning.sandbox_name != nullptr) {
    spec.name = beginning.sandbox_name;
  }
  return world.make_ready(spec, PullPolicy::missing, reuse);
}

NextRun run_next(SandboxWorld& world, const Beginning& beginning) {
  world.its_process_has_ended();
  NextRun next;
  if (const auto error = support::error_of([&] { next.sandbox = run(world, beginning, Reuse::keep); })) {
    next.complaint = std::string("the next run failed: ") + error->what();
  } else if (std::string complaint = world.complaint(next.sandbox); !complaint.empty()) {
    next.complaint = "after the next run, " + complaint;
  }
  return next;
}

std::string name_of(const testing::TestParamInfo<Beginning>& test) {
  return test.param.name;
}

std::vector<Place> calls_of_an_undisturbed_run(const Beginning& beginning) {
  SandboxWorld world;
  beginning.prepare(world);
  world.engine().forget_requests();
  run(world, beginning, beginning.reuse);
  return places(world.engine());
}

}  // namespace docker_sandbox::sandbox

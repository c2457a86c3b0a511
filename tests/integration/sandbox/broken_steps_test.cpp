// SPDX-License-Identifier: Apache-2.0
#include "support/errors.hpp"
#include "world/sandbox_world.hpp"
#include "world/trouble.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <ostream>

/// A `run` that is disturbed fails with an Error or copes, and whatever it was, the next one has the workspace's one
/// complete sandbox.
namespace docker_sandbox::sandbox {
namespace {

using support::error_of;
using support::FakeWorld;

enum class There {
  nothing,
  remains,    ///< of a container that no longer is a sandbox, or is none yet
  a_sandbox,  ///< which must not be lost
};

/// What there is before the `run` that is disturbed, and what it asks for.
struct Beginning {
  const char* name;
  There there;
  void (*prepare)(SandboxWorld& world);
  const char* template_image = k_template;
  Reuse reuse = Reuse::keep;
  const char* sandbox_name = nullptr;
};

void PrintTo(const Beginning& beginning, std::ostream* out) {
  *out << beginning.name;
}

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

std::vector<Place> calls_of_an_undisturbed_run(const Beginning& beginning) {
  SandboxWorld world;
  beginning.prepare(world);
  world.engine().forget_requests();
  run(world, beginning, beginning.reuse);
  return places(world.engine());
}

/// What is wrong after the disturbed `run`, or after the next one; empty when nothing is.
std::string complaint_about(const Beginning& beginning, const Trouble& trouble, const Place& place) {
  SandboxWorld world;
  beginning.prepare(world);
  world.engine().forget_requests();
  disturb(world.engine(), trouble, place);
  ReadySandbox first;
  const auto error = error_of([&] { first = run(world, beginning, beginning.reuse); });
  const std::string what = describe(trouble, place) + (error ? ": " + std::string(error->what()) : "");
  const bool told = testing::Matches(testing::Contains(testing::HasSubstr("could not be removed")))(world.warnings());
  if (!error && !told && !is_lie_about_removal(trouble, place) && !world.complaint(first).empty()) {
    return what + ": entered at once, and " + world.complaint(first);
  }
  if (error && beginning.there == There::nothing && !trouble.lasting && world.has_unfinished()) {
    return what + ": half a sandbox was left behind";
  }
  world.engine().clear_faults();
  if (beginning.there == There::a_sandbox && !world.has_sandbox()) {
    return what + ": the sandbox that was there is lost, and no other is there for it";
  }
  world.its_process_has_ended();
  ReadySandbox next;
  if (const auto second = error_of([&] { next = run(world, beginning, Reuse::keep); })) {
    return what + ": the next run failed: " + second->what();
  }
  const std::string complaint = world.complaint(next);
  return complaint.empty() ? "" : what + ": after the next run, " + complaint;
}

class BrokenSteps : public testing::TestWithParam<Beginning> {};

TEST_P(BrokenSteps, AreMadeGoodByTheNextRun) {
  const std::vector<Place> calls = calls_of_an_undisturbed_run(GetParam());
  ASSERT_FALSE(calls.empty());
  EXPECT_THAT(
      complaints_about_all(calls, [](const Trouble& trouble,
                                     const Place& place) { return complaint_about(GetParam(), trouble, place); }),
      testing::IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Runs, BrokenSteps, testing::ValuesIn(beginnings()),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace docker_sandbox::sandbox

// SPDX-License-Identifier: Apache-2.0
#include "sandbox_world.hpp"
#include "support/errors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <ostream>
#include <thread>

/// Every call of a `run` is disturbed in every way, one at a time: the `run` fails with an Error or copes, and whatever it
/// was, the next one has the workspace's one complete sandbox.
namespace docker_sandbox::sandbox {
namespace {

using support::error_of;
using support::FakeWorld;
using support::Fault;

constexpr int k_workers = 32;

/// What there is before the `run` that is disturbed.
struct Beginning {
  const char* name;
  void (*prepare)(SandboxWorld& world);
  const char* template_image = k_template;
  bool empty = false;  ///< there is no container yet
};

void PrintTo(const Beginning& beginning, std::ostream* out) {
  *out << beginning.name;
}

struct Trouble {
  const char* name;
  Fault::Effect effect;
  std::optional<Fault::Refusal> refusal;
  std::optional<std::size_t> break_after;
  bool lasting = false;  ///< from that call on, each one
};

void set_state(SandboxWorld& world, const char* state) {
  world.make_ready();
  world.engine().with_world([&](FakeWorld& fake) { fake.containers.begin()->second.state = state; });
}

const std::vector<Beginning>& beginnings() {
  static const std::vector<Beginning> all{
      {"nothing", [](SandboxWorld&) {}, k_template, true},
      {"no_image", [](SandboxWorld& world) { world.engine().add_to_registry("far:2"); }, "far:2", true},
      {"running", [](SandboxWorld& world) { world.make_ready(); }},
      {"stopped", [](SandboxWorld& world) { set_state(world, "exited"); }},
      {"paused", [](SandboxWorld& world) { set_state(world, "paused"); }},
      {"dead", [](SandboxWorld& world) { set_state(world, "dead"); }},
      {"half_made",
       [](SandboxWorld& world) {
         world.make_ready();
         world.engine().with_world(
             [&](FakeWorld& fake) { fake.containers.begin()->second.name = unfinished_name(world.workspace()); });
         world.its_process_has_ended();
       }},
  };
  return all;
}

const std::vector<Trouble>& troubles() {
  using Effect = Fault::Effect;
  using Refusal = Fault::Refusal;
  static const std::vector<Trouble> all{
      {"failed_before", Effect::none, Refusal{500, "no"}, std::nullopt},
      {"failed_after", Effect::done, Refusal{500, "no"}, std::nullopt},
      {"not_found_before", Effect::none, Refusal{404, "no"}, std::nullopt},
      {"not_found_after", Effect::done, Refusal{404, "no"}, std::nullopt},
      {"conflict_before", Effect::none, Refusal{409, "no"}, std::nullopt},
      {"conflict_after", Effect::done, Refusal{409, "no"}, std::nullopt},
      {"bad_request_before", Effect::none, Refusal{400, "no"}, std::nullopt},
      {"cut_before", Effect::none, std::nullopt, 0},
      {"cut_after", Effect::done, std::nullopt, 0},
      {"cut_in_the_answer", Effect::done, std::nullopt, 100},
      {"engine_dies_before", Effect::none, std::nullopt, 0, true},
      {"engine_dies_after", Effect::done, std::nullopt, 0, true},
  };
  return all;
}

/// One call of one `run`, disturbed in one way.
struct Case {
  const Beginning* beginning;
  const Trouble* trouble;
  std::size_t nth;
};

std::size_t calls_of_an_undisturbed_run(const Beginning& beginning) {
  SandboxWorld world;
  beginning.prepare(world);
  world.engine().forget_requests();
  SandboxSpec spec = world.spec();
  spec.template_image = beginning.template_image;
  world.make_ready(spec);
  return world.engine().requests().size();
}

void disturb(SandboxWorld& world, const Case& c) {
  // A lasting trouble is one fault for each of the calls that may follow.
  for (std::size_t nth = c.nth; nth <= (c.trouble->lasting ? c.nth + 30 : c.nth); ++nth) {
    world.engine().add_fault({.nth = nth,
                              .effect = nth == c.nth ? c.trouble->effect : Fault::Effect::none,
                              .refusal = c.trouble->refusal,
                              .break_after = c.trouble->break_after});
  }
}

/// What is wrong after the disturbed `run`, or after the next one; empty when nothing is.
std::string complaint_about(const Case& c) {
  SandboxWorld world;
  c.beginning->prepare(world);
  world.engine().forget_requests();
  SandboxSpec spec = world.spec();
  spec.template_image = c.beginning->template_image;
  disturb(world, c);
  ReadySandbox first;
  const auto error = error_of([&] { first = world.make_ready(spec); });
  // On a slow machine a run may look once more than another one did.
  const std::vector<std::string> seen = world.engine().calls();
  const std::string what = std::string(c.trouble->name) + ", call " + std::to_string(c.nth) + ", " +
                           (c.nth <= seen.size() ? seen[c.nth - 1] : "none") +
                           (error ? std::string(": ") + error->what() : "") + ": ";
  if (!error && !world.complaint(first).empty()) {
    return what + "entered at once, and " + world.complaint(first);
  }
  if (error && c.beginning->empty && !c.trouble->lasting && world.has_unfinished()) {
    return what + "half a sandbox was left behind";
  }
  world.engine().clear_faults();
  world.its_process_has_ended();
  ReadySandbox next;
  if (const auto second = error_of([&] { next = world.make_ready(spec); })) {
    return what + "the next run failed: " + second->what();
  }
  const std::string complaint = world.complaint(next);
  return complaint.empty() ? "" : what + "after the next run, " + complaint;
}

class BrokenSteps : public testing::TestWithParam<Beginning> {};

TEST_P(BrokenSteps, AreMadeGoodByTheNextRun) {
  const std::size_t calls = calls_of_an_undisturbed_run(GetParam());
  ASSERT_GE(calls, 1U);
  std::vector<Case> cases;
  for (const Trouble& trouble : troubles()) {
    for (std::size_t nth = 1; nth <= calls; ++nth) {
      cases.push_back({&GetParam(), &trouble, nth});
    }
  }
  // Side by side, each in a world of its own: a failed call is followed by pauses in which nothing happens.
  std::atomic<std::size_t> next_case{0};
  std::mutex mutex;
  std::vector<std::string> complaints;
  std::vector<std::thread> workers;
  for (int i = 0; i < k_workers; ++i) {
    workers.emplace_back([&] {
      for (std::size_t index = next_case++; index < cases.size(); index = next_case++) {
        const std::string complaint = complaint_about(cases[index]);
        const std::lock_guard lock(mutex);
        if (!complaint.empty()) {
          complaints.push_back(complaint);
        }
      }
    });
  }
  for (std::thread& worker : workers) {
    worker.join();
  }
  EXPECT_THAT(complaints, testing::IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Runs, BrokenSteps, testing::ValuesIn(beginnings()),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace docker_sandbox::sandbox

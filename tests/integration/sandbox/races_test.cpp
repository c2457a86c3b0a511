// SPDX-License-Identifier: Apache-2.0
#include "support/errors.hpp"
#include "world/sandbox_world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <set>
#include <thread>

namespace docker_sandbox::sandbox {
namespace {

using support::error_of;
using support::FakeWorld;
using testing::IsEmpty;
using testing::SizeIs;

constexpr int k_runs = 24;

/// Starts of containers take their time, as they do on every engine: the protocol counts on that (docs/adr/0001, B).
void make_starts_as_slow_as_real_ones(SandboxWorld& world) {
  world.engine().add_fault({.call = {"POST", "/containers/*/start"}, .nth = 0, .before = [] {
                              std::this_thread::sleep_for(std::chrono::milliseconds(60));
                            }});
}

struct Results {
  std::mutex mutex;
  std::set<std::string> ids;
  std::vector<std::string> errors;
  int created = 0;
};

/// `act` gives what one run got; all begin side by side.
void run_all(Results& results, const std::function<ReadySandbox(int)>& act) {
  std::vector<std::thread> runs;
  for (int i = 0; i < k_runs; ++i) {
    runs.emplace_back([&, i] {
      ReadySandbox ready;
      const auto error = error_of([&] { ready = act(i); });
      const std::lock_guard lock(results.mutex);
      if (error) {
        results.errors.emplace_back(error->what());
        return;
      }
      results.ids.insert(ready.sandbox.id);
      results.created += ready.created ? 1 : 0;
    });
  }
  for (std::thread& run : runs) {
    run.join();
  }
}

TEST(Races, OfManyRunsInANewWorkspaceMakeOneSandboxForAll) {
  SandboxWorld world;
  make_starts_as_slow_as_real_ones(world);
  Results results;
  run_all(results, [&](int) { return world.make_ready(); });
  EXPECT_THAT(results.errors, IsEmpty());
  EXPECT_THAT(results.ids, SizeIs(1));
  EXPECT_EQ(results.created, 1);
  EXPECT_EQ(world.complaint(world.make_ready()), "");
}

TEST(Races, OfRunsThatAskForDifferentNamesMakeOneSandboxToo) {
  SandboxWorld world;
  make_starts_as_slow_as_real_ones(world);
  Results results;
  run_all(results, [&](int run) {
    SandboxSpec spec = world.spec();
    spec.name = "box-" + std::to_string(run);
    return world.make_ready(spec);
  });
  EXPECT_THAT(results.errors, IsEmpty());
  EXPECT_THAT(results.ids, SizeIs(1));
  EXPECT_EQ(world.complaint(world.make_ready()), "");
}

TEST(Races, OfRunsThatFindAStoppedSandboxAllEnterIt) {
  SandboxWorld world;
  make_starts_as_slow_as_real_ones(world);
  const ReadySandbox made = world.make_ready();
  world.engine().with_world([](FakeWorld& fake) { fake.containers.begin()->second.state = "exited"; });
  Results results;
  run_all(results, [&](int) { return world.make_ready(); });
  EXPECT_THAT(results.errors, IsEmpty());
  EXPECT_THAT(results.ids, testing::ElementsAre(made.sandbox.id));
}

TEST(Races, OfRunsAfterOneThatWasKilledHalfwayMakeOneSandbox) {
  SandboxWorld world;
  make_starts_as_slow_as_real_ones(world);
  world.make_ready();
  world.engine().with_world(
      [&](FakeWorld& fake) { fake.containers.begin()->second.name = unfinished_name(world.workspace()); });
  world.its_process_has_ended();
  Results results;
  run_all(results, [&](int) { return world.make_ready(); });
  EXPECT_THAT(results.errors, IsEmpty());
  EXPECT_THAT(results.ids, SizeIs(1));
  EXPECT_EQ(world.complaint(world.make_ready()), "");
}

TEST(Races, AgainstSomebodyWhoRemovesTheSandboxEndWell) {
  SandboxWorld world;
  make_starts_as_slow_as_real_ones(world);
  std::atomic<bool> all_have_ended{false};
  int removed = 0;
  std::thread remover([&] {
    for (int attempts = 0; attempts < 5; ++attempts) {
      std::string id;
      world.engine().wait_until([&](FakeWorld& fake) {
        for (const auto& [container_id, container] : fake.containers) {
          if (container.name != unfinished_name(world.workspace())) {
            id = container_id;
          }
        }
        return all_have_ended || !id.empty();
      });
      if (!id.empty() && engine::EngineClient(world.engine().endpoint(), {}, std::nullopt).remove_container(id)) {
        ++removed;
      }
    }
  });
  Results results;
  run_all(results, [&](int) { return world.make_ready(); });
  all_have_ended = true;
  world.engine().with_world([](FakeWorld&) {});
  remover.join();
  EXPECT_GT(removed, 0);
  EXPECT_THAT(results.errors, IsEmpty());
  EXPECT_EQ(world.complaint(world.make_ready()), "");
}

}  // namespace
}  // namespace docker_sandbox::sandbox

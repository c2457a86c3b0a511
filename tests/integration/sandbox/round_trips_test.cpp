// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/sandbox/labels.hpp"
#include "world/sandbox_world.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

/// A session takes three requests to the engine: its creation, its start, its exit code. What comes before it may take the
/// rest: six for reuse-and-run, nine for create-and-run.
namespace docker_sandbox::sandbox {
namespace {

constexpr std::size_t k_session = 3;

TEST(RoundTrips, OfAReuseLeaveRoomForASessionInSix) {
  SandboxWorld world;
  world.make_ready();
  world.engine().forget_requests();
  world.make_ready();
  // Which directory is mounted is asked inside where the engine's processes are not visible. Those of a FakeEngine never are.
  const std::size_t look_inside =
      world.engine().count({"POST", "/containers/*/exec"}) + world.engine().count({"POST", "/exec/*/start"});
  EXPECT_LE(look_inside, 2U);
  EXPECT_LE(world.engine().requests().size() - look_inside + k_session, 6U);
}

TEST(RoundTrips, OfACreationLeaveRoomForASessionInNine) {
  SandboxWorld world;
  // As slow as a real engine: where a whole creation is faster than that, the program looks once more.
  world.engine().add_fault({.call = {"POST", "/containers/*/start"},
                            .before = [] { std::this_thread::sleep_for(std::chrono::milliseconds(150)); }});
  world.make_ready();
  // Where this process was held up between its look and its creation, it has to look again: a matter of the machine.
  const std::size_t looks = world.engine().count({"GET", "/containers/json"});
  EXPECT_LE(looks, 2U);
  EXPECT_LE(world.engine().requests().size() - (looks - 1) + k_session, 9U);
}

TEST(RoundTrips, OfOneWorkspaceAreAnsweredTheSameAmongThousands) {
  SandboxWorld world;
  world.make_ready();
  world.engine().forget_requests();
  const std::string id = world.make_ready().sandbox.id;
  const std::size_t alone = world.engine().answer_size({"GET", "/containers/json"});
  ASSERT_GT(alone, 0U);
  world.engine().with_world([&](support::FakeWorld& others) {
    const support::FakeContainer first = others.containers.at(id);
    for (int i = 0; i < 10'000; ++i) {
      support::FakeContainer container = first;
      container.id = others.new_id();
      container.name += "-" + std::to_string(i);
      container.labels[labels::k_workspace] = "/other/" + std::to_string(i);
      others.containers[container.id] = container;
    }
  });
  world.engine().forget_requests();
  EXPECT_EQ(world.make_ready().sandbox.id, id);
  // The engine filters, and what comes over the connection does not grow.
  EXPECT_EQ(world.engine().count({"GET", "/containers/json"}), 1U);
  EXPECT_EQ(world.engine().answer_size({"GET", "/containers/json"}), alone);
}

}  // namespace
}  // namespace docker_sandbox::sandbox

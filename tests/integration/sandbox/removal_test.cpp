// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/sandbox/removal.hpp"

#include "support/errors.hpp"
#include "world/sandbox_world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace docker_sandbox::sandbox {
namespace {

using base::ErrorKind;
using support::FakeWorld;
using support::Fault;
using testing::IsEmpty;
using testing::SizeIs;

class Removal : public testing::Test {
 protected:
  SandboxWorld world_;
  engine::EngineClient client_{world_.engine().endpoint(), {}, std::nullopt};
  const std::string id_ = world_.make_ready().sandbox.id;
};

TEST_F(Removal, WaitsForAnotherProcessThatRemovesTheSame) {
  for (const std::size_t nth : {1U, 2U}) {
    world_.engine().add_fault({.call = {"DELETE", "/containers/*"},
                               .nth = nth,
                               .effect = Fault::Effect::none,
                               .refusal = Fault::Refusal{409, "removal of container is already in progress"}});
  }
  EXPECT_TRUE(remove_sandbox(client_, id_));
  EXPECT_EQ(world_.engine().count({"DELETE", "/containers/*"}), 3U);
  EXPECT_THAT(world_.containers(), IsEmpty());
}

TEST_F(Removal, TriesNothingTwiceThatTheEngineCannotDo) {
  world_.engine().add_fault(
      {.call = {"DELETE", "/containers/*"}, .effect = Fault::Effect::none, .refusal = Fault::Refusal{500, "busy"}});
  EXPECT_EQ(support::message_of([&] { remove_sandbox(client_, id_); }, ErrorKind::engine_failure),
            "Error response from daemon: busy");
  EXPECT_EQ(world_.engine().count({"DELETE", "/containers/*"}), 1U);
}

TEST_F(Removal, ByPruneLeavesASandboxThatWasStartedMeanwhile) {
  world_.engine().with_world([&](FakeWorld& fake) { fake.containers.at(id_).state = "exited"; });
  const std::vector<Prunable> prunable = find_prunable(client_, base::k_furthest_time, base::k_furthest_time);
  ASSERT_THAT(prunable, SizeIs(1));
  EXPECT_EQ(prunable[0].reason, PruneReason::stopped);
  client_.start_container(id_);
  EXPECT_FALSE(prune(client_, prunable[0]));
  EXPECT_THAT(world_.containers(), SizeIs(1));
  client_.stop_container(id_);
  EXPECT_TRUE(prune(client_, prunable[0]));
  EXPECT_THAT(world_.containers(), IsEmpty());
}

TEST_F(Removal, ByPruneIsOfWhatWasMadeBeforeAPointInTime) {
  world_.engine().with_world([&](FakeWorld& fake) { fake.containers.at(id_).state = "exited"; });
  const std::int64_t created =
      world_.engine().with_world([&](FakeWorld& fake) { return fake.containers.at(id_).created; });
  EXPECT_THAT(find_prunable(client_, base::k_furthest_time, std::chrono::seconds(created)), IsEmpty());
  EXPECT_THAT(find_prunable(client_, base::k_furthest_time, std::chrono::seconds(created + 1)), SizeIs(1));
}

}  // namespace
}  // namespace docker_sandbox::sandbox

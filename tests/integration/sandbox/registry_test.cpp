// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/sandbox/registry.hpp"

#include "docker_sandbox/sandbox/labels.hpp"
#include "world/sandbox_world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

namespace docker_sandbox::sandbox {
namespace {

using support::FakeContainer;
using support::FakeWorld;
using testing::ElementsAre;
using testing::IsEmpty;

/// One sandbox, and containers that have much in common with it.
class Registry : public testing::Test {
 protected:
  /// A container that has all that the sandbox has, is ten seconds younger, and is changed then. Its ID.
  std::string add_copy(const std::function<void(FakeContainer&)>& change) {
    return world_.engine().with_world([&](FakeWorld& fake) {
      FakeContainer copy = fake.containers.at(first_.id);
      copy.id = fake.new_id();
      copy.created += 10;
      change(copy);
      fake.containers.emplace(copy.id, copy);
      return copy.id;
    });
  }

  /// The sandbox's name with a number, as one has it whose name was taken when it was published.
  void number(FakeContainer& copy) const { copy.name = first_.name + "-2"; }

  void set_state(const std::string& id, const char* state) {
    world_.engine().with_world([&](FakeWorld& fake) { fake.containers.at(id).state = state; });
  }

  std::vector<std::string> listed() {
    std::vector<std::string> ids;
    for (const Sandbox& sandbox : registry_.list()) {
      ids.push_back(sandbox.id);
    }
    return ids;
  }

  SandboxWorld world_;
  engine::EngineClient client_{world_.engine().endpoint(), {}, std::nullopt};
  SandboxRegistry registry_{client_};
  const Sandbox first_ = world_.make_ready().sandbox;
};

TEST_F(Registry, ListsTheNewestFirstThoughTheEngineDoesNot) {
  const std::string second = add_copy([&](FakeContainer& copy) { number(copy); });
  world_.engine().add_fault({.write = [](support::HttpConnection& connection, const support::Response& honest) {
    nlohmann::json rows = nlohmann::json::parse(honest.body);
    std::reverse(rows.begin(), rows.end());
    connection.write("HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nConnection: close\r\n\r\n" + rows.dump());
  }});
  EXPECT_THAT(listed(), ElementsAre(second, first_.id));
}

TEST_F(Registry, TakesNoContainerUnderAnotherNameThanItsOwn) {
  add_copy([](FakeContainer& copy) { copy.name = "renamed"; });
  add_copy([&](FakeContainer& copy) { copy.name = first_.name + "-2-old"; });
  EXPECT_THAT(listed(), ElementsAre(first_.id));
  const WorkspaceState state = registry_.look_up(world_.workspace());
  EXPECT_EQ(state.ready.value().id, first_.id);
  EXPECT_THAT(state.misnamed, testing::UnorderedElementsAre("renamed", first_.name + "-2-old"));
}

TEST_F(Registry, TakesTheOlderOneOfTwoThatClaimAWorkspaceUnlessItIsOnItsWayOut) {
  const std::string second = add_copy([&](FakeContainer& copy) { number(copy); });
  EXPECT_EQ(registry_.look_up(world_.workspace()).ready.value().id, first_.id);
  set_state(first_.id, "dead");
  EXPECT_EQ(registry_.look_up(world_.workspace()).ready.value().id, second);
}

TEST_F(Registry, TakesNoneWhosePlaceAnotherOneHasTaken) {
  const std::string second = add_copy([&](FakeContainer& copy) {
    number(copy);
    copy.labels[labels::k_replaces] = first_.id;
  });
  EXPECT_THAT(listed(), ElementsAre(second));
  EXPECT_EQ(registry_.list().at(0).replaces, first_.id) << "it is still to be removed";
  EXPECT_EQ(registry_.look_up(world_.workspace()).ready.value().id, second);
  const Inventory inventory = registry_.take_inventory();
  ASSERT_EQ(inventory.replaced.size(), 1U);
  EXPECT_EQ(inventory.replaced[0].id, first_.id);
  client_.remove_container(first_.id);
  EXPECT_EQ(registry_.list().at(0).replaces, "");
}

TEST_F(Registry, LetsNoneTakeAPlaceThatIsOnItsWayOutOrOfAnotherWorkspace) {
  const std::string going = add_copy([&](FakeContainer& copy) {
    number(copy);
    copy.labels[labels::k_replaces] = first_.id;
    copy.state = "dead";
  });
  EXPECT_THAT(listed(), ElementsAre(going, first_.id));
  client_.remove_container(going);
  const std::string elsewhere = add_copy([&](FakeContainer& copy) {
    number(copy);
    copy.labels[labels::k_replaces] = first_.id;
    copy.labels[labels::k_workspace] = "/elsewhere";
    copy.mounts[0]["Source"] = copy.mounts[0]["Destination"] = "/elsewhere";
  });
  EXPECT_THAT(listed(), ElementsAre(elsewhere, first_.id));
}

TEST_F(Registry, KnowsOneThatIsBeingMadeByItsName) {
  client_.rename_container(first_.id, unfinished_name(world_.workspace()));
  EXPECT_THAT(listed(), IsEmpty());
  const WorkspaceState state = registry_.look_up(world_.workspace());
  EXPECT_FALSE(state.ready);
  EXPECT_EQ(state.unfinished.value().id, first_.id);
  EXPECT_EQ(registry_.take_inventory().unfinished.at(0).id, first_.id);
}

}  // namespace
}  // namespace docker_sandbox::sandbox

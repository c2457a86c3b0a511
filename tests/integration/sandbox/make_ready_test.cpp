// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/sandbox/labels.hpp"
#include "docker_sandbox/sandbox/registry.hpp"
#include "support/errors.hpp"
#include "world/sandbox_world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

namespace docker_sandbox::sandbox {
namespace {

using base::ErrorKind;
using support::error_of;
using support::FakeContainer;
using support::FakeImage;
using support::FakeWorld;
using support::Fault;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;

/// Changes the one container that there is.
void with_container(SandboxWorld& world, const std::function<void(FakeContainer&)>& act) {
  world.engine().with_world([&](FakeWorld& fake) { act(fake.containers.begin()->second); });
}

TEST(MakeReady, MakesASandboxThatIsCompleteAndGivesItAgain) {
  SandboxWorld world;
  const ReadySandbox made = world.make_ready();
  EXPECT_TRUE(made.created);
  EXPECT_EQ(world.complaint(made), "");
  EXPECT_THAT(made.sandbox.name, MatchesRegex("claude-sandbox-[0-9-]{17}"));
  const ReadySandbox again = world.make_ready();
  EXPECT_FALSE(again.created);
  EXPECT_EQ(again.sandbox.id, made.sandbox.id);
  EXPECT_EQ(world.complaint(again), "");
}

TEST(MakeReady, IsDoneWhenTheSetUpSaysSoThoughTheEngineStillShowsItsProcess) {
  SandboxWorld world;
  world.engine().add_program(
      [](const std::vector<std::string>& command) {
        return std::find(command.begin(), command.end(), "docker-sandbox-setup") != command.end();
      },
      [](support::Process& process) {
        process.write_out("docker-sandbox: linked\t/a\t/b\ndocker-sandbox: set up");
        process.write_out("\n");
        process.wait_for_the_end();
        return 0;
      });
  const ReadySandbox made = world.make_ready();
  EXPECT_TRUE(made.created);
  // Nor does that process count as a session.
  const ReadySandbox anew = world.make_ready(world.spec(), PullPolicy::missing, Reuse::recreate);
  EXPECT_TRUE(anew.created);
  EXPECT_NE(anew.sandbox.id, made.sandbox.id);
}

TEST(MakeReady, PassesTheEnginesWarningsOnBeforeTheStartAndOnce) {
  SandboxWorld world;
  FakeImage image;
  image.creation_warnings = {"of another \x1b[31mplatform", "no limits"};
  image.ends_at_start = 1;
  world.engine().add_image("foreign:1", image);
  SandboxSpec spec = world.spec();
  spec.template_image = "foreign:1";
  EXPECT_TRUE(error_of([&] { world.make_ready(spec); }));
  EXPECT_THAT(world.warnings(), ElementsAre("of another \\x1b[31mplatform", "no limits"));
}

TEST(MakeReady, StartsAStoppedSandbox) {
  SandboxWorld world;
  const ReadySandbox made = world.make_ready();
  with_container(world, [](FakeContainer& container) { container.state = "exited"; });
  EXPECT_EQ(world.complaint(world.make_ready()), "");
  with_container(world, [](FakeContainer& container) { EXPECT_EQ(container.starts, 2); });
}

TEST(MakeReady, UnpausesAPausedSandbox) {
  SandboxWorld world;
  world.make_ready();
  with_container(world, [](FakeContainer& container) { container.state = "paused"; });
  EXPECT_EQ(world.complaint(world.make_ready()), "");
}

TEST(MakeReady, ReplacesADeadSandbox) {
  SandboxWorld world;
  const ReadySandbox made = world.make_ready();
  with_container(world, [](FakeContainer& container) { container.state = "dead"; });
  const ReadySandbox again = world.make_ready();
  EXPECT_NE(again.sandbox.id, made.sandbox.id);
  EXPECT_EQ(world.complaint(again), "");
}

TEST(MakeReady, MakesANewOneBesideADeadOneThatTheEngineCannotDelete) {
  SandboxWorld world;
  const ReadySandbox made = world.make_ready();
  with_container(world, [](FakeContainer& container) { container.state = "dead"; });
  world.engine().add_fault(
      {.call = {"DELETE", "/containers/" + made.sandbox.id},
       .nth = 0,
       .effect = Fault::Effect::none,
       .refusal = Fault::Refusal{500, "driver failed to remove root filesystem: device or resource busy"}});
  const ReadySandbox again = world.make_ready();
  EXPECT_TRUE(again.created);
  EXPECT_EQ(world.complaint(again), "");
  EXPECT_EQ(world.make_ready().sandbox.id, again.sandbox.id);
}

TEST(MakeReady, RestartsOneWhoseDirectoryWasMadeAgain) {
  SandboxWorld world;
  const ReadySandbox made = world.make_ready();
  std::filesystem::rename(world.workspace(), world.workspace() + ".old");
  std::filesystem::create_directory(world.workspace());
  EXPECT_EQ(world.make_ready().sandbox.id, made.sandbox.id);
  EXPECT_EQ(world.engine().count({"POST", "/containers/*/stop"}), 1U);
  EXPECT_EQ(world.complaint(made), "");
}

TEST(MakeReady, ReplacesWhatADeadProcessLeftHalfMade) {
  for (const char* state : {"created", "running", "exited"}) {
    SandboxWorld world;
    const ReadySandbox made = world.make_ready();
    with_container(world, [&](FakeContainer& container) {
      container.name = unfinished_name(world.workspace());
      container.state = state;
    });
    world.its_process_has_ended();
    const ReadySandbox again = world.make_ready();
    EXPECT_NE(again.sandbox.id, made.sandbox.id) << state;
    EXPECT_EQ(world.complaint(again), "") << state;
  }
}

TEST(MakeReady, PullsAMissingImage) {
  SandboxWorld world;
  world.engine().add_to_registry("far:2");
  SandboxSpec spec = world.spec();
  spec.template_image = "far:2";
  EXPECT_EQ(world.complaint(world.make_ready(spec)), "");
  EXPECT_EQ(world.engine().count({"POST", "/images/create"}), 1U);
}

TEST(MakeReady, PullsFirstWhenToldAlways) {
  SandboxWorld world;
  const std::string pulled = world.engine().add_to_registry(k_template);
  EXPECT_EQ(world.complaint(world.make_ready(world.spec(), PullPolicy::always)), "");
  with_container(world, [&](FakeContainer& container) { EXPECT_EQ(container.image_id, pulled); });
}

TEST(MakeReady, NeverPullsWhenToldSo) {
  SandboxWorld world;
  SandboxSpec spec = world.spec();
  spec.template_image = "far:2";
  const auto error = error_of([&] { world.make_ready(spec, PullPolicy::never); });
  ASSERT_TRUE(error);
  EXPECT_THAT(error->what(), HasSubstr("no such image: far:2"));
  EXPECT_EQ(world.engine().count({"POST", "/images/create"}), 0U);
  EXPECT_THAT(world.containers(), IsEmpty());
}

TEST(MakeReady, LeavesNothingWhenTheImageCannotBeHad) {
  SandboxWorld world;
  SandboxSpec spec = world.spec();
  spec.template_image = "far:2";
  const auto error = error_of([&] { world.make_ready(spec); });
  ASSERT_TRUE(error);
  EXPECT_THAT(error->what(), HasSubstr("Error response from daemon: pull access denied for far"));
  EXPECT_THAT(world.containers(), IsEmpty());
}

TEST(MakeReady, SaysSoWhenThePulledImageIsNotThere) {
  SandboxWorld world;
  SandboxSpec spec = world.spec();
  spec.template_image = "remote:1";
  world.engine().add_to_registry("remote:1");
  world.engine().add_fault({.call = {"POST", "/images/create"}, .nth = 0, .effect = Fault::Effect::none});
  const auto error = error_of([&] { world.make_ready(spec); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::engine_not_found);
  EXPECT_STREQ(error->what(), "the image remote:1 is not there although it was pulled");
  EXPECT_THAT(world.containers(), IsEmpty());
}

TEST(MakeReady, TakesNoContainerWithoutAnId) {
  SandboxWorld world;
  world.engine().add_fault(
      {.call = {"POST", "/containers/create"},
       .nth = 0,
       .effect = Fault::Effect::none,
       .raw = "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{\"Id\":\"\"}"});
  EXPECT_EQ(support::message_of([&] { world.make_ready(); }, ErrorKind::engine_protocol),
            "the engine's answer to POST /containers/create at " + world.engine().endpoint().host +
                " is not what the Engine API defines: Id must not be empty");
  EXPECT_THAT(world.containers(), IsEmpty());
}

TEST(MakeReady, QuotesWhatTheSetUpSaysInPlaceOfItsReport) {
  SandboxWorld world;
  world.engine().add_program("/bin/sh", [](support::Process& process) {
    process.write_err("sh: \x1b[2Jout of order\n");
    return 2;
  });
  const auto error = error_of([&] { world.make_ready(); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::engine_failure);
  EXPECT_STREQ(error->what(), "cannot set up a sandbox from the template template:1: sh: \\x1b[2Jout of order");
  EXPECT_THAT(world.containers(), IsEmpty());
}

/// A session of somebody else's in the one container that there is.
void begin_session(FakeWorld& world) {
  support::FakeExec exec;
  exec.id = world.new_id();
  exec.container_id = world.containers.begin()->first;
  exec.body = {{"Cmd", {"bash"}}};
  exec.started = true;
  exec.running = true;
  world.execs[exec.id] = exec;
}

TEST(MakeReady, ReplacesNoSandboxInWhichASessionHasBegunMeanwhile) {
  SandboxWorld world;
  const ReadySandbox made = world.make_ready();
  world.engine().add_fault(
      {.call = {"POST", "/containers/create"}, .before = [&] { world.engine().with_world(begin_session); }});
  const auto error = error_of([&] { world.make_ready(world.spec(), PullPolicy::missing, Reuse::recreate); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::invalid_value);
  EXPECT_THAT(error->what(), HasSubstr("a session has begun in the sandbox that was to be made anew"));
  EXPECT_THAT(world.containers(), ElementsAre(made.sandbox.id));
}

TEST(MakeReady, CountsNoSessionOfWhichTheEngineKnowsNoMore) {
  SandboxWorld world;
  const ReadySandbox made = world.make_ready();
  world.engine().with_world(begin_session);
  const auto replace = [&] { return world.make_ready(world.spec(), PullPolicy::missing, Reuse::recreate); };
  EXPECT_TRUE(error_of(replace));
  world.engine().add_fault({.call = {"GET", "/exec/*/json"}, .nth = 0, .refusal = Fault::Refusal{}});
  EXPECT_THAT(support::message_of(replace, ErrorKind::engine_failure), HasSubstr("the engine has a bad day"));
  EXPECT_THAT(world.containers(), ElementsAre(made.sandbox.id));
  world.engine().clear_faults();
  world.engine().add_fault(
      {.call = {"GET", "/exec/*/json"}, .nth = 0, .refusal = Fault::Refusal{404, "No such exec instance"}});
  EXPECT_NE(replace().sandbox.id, made.sandbox.id);
}

TEST(MakeReady, QuotesATemplateWhoseEntrypointEndsAtOnce) {
  SandboxWorld world;
  FakeImage image;
  image.ends_at_start = 3;
  image.last_words = "no \x1b[2Jlicense\n";
  world.engine().add_image("quits:1", image);
  SandboxSpec spec = world.spec();
  spec.template_image = "quits:1";
  const auto error = error_of([&] { world.make_ready(spec); });
  ASSERT_TRUE(error);
  EXPECT_THAT(error->what(), HasSubstr("exit code 3"));
  EXPECT_THAT(error->what(), HasSubstr("no \\x1b[2Jlicense"));
  EXPECT_THAT(world.containers(), IsEmpty());
}

TEST(MakeReady, NumbersAGeneratedNameThatIsTaken) {
  SandboxWorld world;
  // Somebody takes the name in the last moment.
  world.engine().add_fault({.call = {"POST", "/containers/*/rename"}, .before = [&] {
                              FakeContainer other;
                              other.body = nlohmann::json::object();
                              other.name = world.engine().requests().back().query.at("name");
                              world.engine().with_world([&](FakeWorld& fake) {
                                other.id = fake.new_id();
                                fake.containers[other.id] = other;
                              });
                            }});
  const ReadySandbox ready = world.make_ready();
  EXPECT_THAT(ready.sandbox.name, MatchesRegex("claude-sandbox-[0-9-]{17}-2"));
  EXPECT_EQ(world.containers().size(), 2U);
  EXPECT_EQ(world.make_ready().sandbox.id, ready.sandbox.id) << "found again under that name";
}

TEST(MakeReady, RefusesAChosenNameThatIsTakenAndLeavesItsOwnerAlone) {
  SandboxWorld world;
  engine::EngineClient client(world.engine().endpoint(), {}, std::nullopt);
  const std::string other = client.create_container("mine", {.image = k_template}).id;
  SandboxSpec spec = world.spec();
  spec.name = "mine";
  const auto error = error_of([&] { world.make_ready(spec); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::engine_conflict);
  EXPECT_THAT(error->what(), HasSubstr("the name mine is taken by the container " + other.substr(0, 12)));
  EXPECT_THAT(world.containers(), testing::ElementsAre(other));
}

TEST(MakeReady, SaysWhichForeignContainerHasTheNameThatItNeeds) {
  SandboxWorld world;
  engine::EngineClient client(world.engine().endpoint(), {}, std::nullopt);
  const std::string other = client.create_container(unfinished_name(world.workspace()), {.image = k_template}).id;
  const auto error = error_of([&] { world.make_ready(); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::engine_conflict);
  EXPECT_THAT(error->what(), HasSubstr("is taken by the container " + other.substr(0, 12)));
  EXPECT_THAT(world.containers(), testing::ElementsAre(other));
}

TEST(MakeReady, NeverEntersAContainerOfAnImageThatHasASandboxsLabels) {
  SandboxWorld world;
  const ReadySandbox made = world.make_ready();
  FakeImage committed;
  with_container(world, [&](FakeContainer& container) { committed.config["Labels"] = container.labels; });
  engine::EngineClient client(world.engine().endpoint(), {}, std::nullopt);
  client.remove_container(made.sandbox.id);
  world.engine().add_image("committed:1", committed);
  const std::string imitation = client.create_container("imitation", {.image = "committed:1"}).id;
  EXPECT_THAT(SandboxRegistry(client).list(), IsEmpty());
  EXPECT_NE(world.make_ready().sandbox.id, imitation);
  EXPECT_EQ(world.containers().size(), 2U);
}

TEST(MakeReady, CopesWithAnEngineThatAnswersATakenNameAsPodmanDoes) {
  SandboxWorld world({.podman = true});
  const ReadySandbox made = world.make_ready();
  EXPECT_EQ(world.complaint(made), "");
  EXPECT_EQ(world.make_ready().sandbox.id, made.sandbox.id);
}

TEST(MakeReady, IsDoneByTheNextOneWhenTheSandboxIsRemovedInBetween) {
  SandboxWorld world;
  const ReadySandbox made = world.make_ready();
  with_container(world, [](FakeContainer& container) { container.state = "exited"; });
  world.engine().add_fault({.call = {"POST", "/containers/*/start"}, .before = [&] {
                              world.engine().with_world([](FakeWorld& fake) { fake.containers.clear(); });
                            }});
  const ReadySandbox again = world.make_ready();
  EXPECT_TRUE(again.created);
  EXPECT_NE(again.sandbox.id, made.sandbox.id);
  EXPECT_EQ(world.complaint(again), "");
}

}  // namespace
}  // namespace docker_sandbox::sandbox

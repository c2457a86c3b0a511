// SPDX-License-Identifier: Apache-2.0
#include "clients.hpp"
#include "docker_sandbox/engine/pull_progress.hpp"
#include "support/errors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace docker_sandbox::engine {
namespace {

using base::ErrorKind;
using nlohmann::json;
using support::error_of;
using support::FakeContainer;
using support::FakeEngine;
using support::FakeWorld;
using support::Request;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> targets(const FakeEngine& engine) {
  std::vector<std::string> targets;
  for (const Request& request : engine.requests()) {
    targets.push_back(request.target.substr(0, request.target.find('?')));
  }
  return targets;
}

TEST(Negotiation, LearnsTheVersionFromAFirstAnswerWithoutAPing) {
  FakeEngine engine({.api_version = "1.44"});
  EngineClient client = client_of(engine);
  client.list_containers({.labels = {"a"}});
  client.inspect_image("nothing:1");
  EXPECT_THAT(targets(engine), ElementsAre("/containers/json", "/v1.44/images/nothing:1/json"));
}

TEST(Negotiation, PingsWhenTheFirstCallHasABodyThatDependsOnTheVersion) {
  FakeEngine engine;
  engine.add_image(k_image);
  client_of(engine).create_container("box", {.image = k_image});
  EXPECT_THAT(targets(engine), ElementsAre("/_ping", "/v1.41/containers/create"));
}

TEST(Negotiation, StaysAtTheNewestVersionThatTheProgramKnows) {
  FakeEngine engine({.api_version = "1.99"});
  EngineClient client = client_of(engine);
  client.inspect_image("nothing:1");
  EXPECT_THAT(targets(engine), ElementsAre("/_ping", "/v" + k_newest_api.text() + "/images/nothing:1/json"));
}

TEST(Negotiation, TakesTheOldestVersionForAnEngineThatDoesNotTell) {
  FakeEngine engine({.tells_api_version = false});
  EXPECT_EQ(client_of(engine).api_version(), k_oldest_api);
}

TEST(Negotiation, IsOffForAPinnedVersion) {
  FakeEngine engine({.api_version = "1.45"});
  client_of(engine, ApiVersion{1, 42}).list_containers({});
  EXPECT_THAT(targets(engine), ElementsAre("/v1.42/containers/json"));
}

TEST(Negotiation, QuotesTheEngineThatRefusesThePinnedVersion) {
  FakeEngine engine;
  const auto error = error_of([&] { client_of(engine, ApiVersion{1, 47}).list_containers({}); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::engine_bad_request);
  EXPECT_STREQ(error->what(),
               "Error response from daemon: client version 1.47 is too new. Maximum supported API version is 1.41");
}

TEST(Negotiation, RefusesAnEngineThatIsTooOld) {
  FakeEngine engine({.api_version = "1.40"});
  const auto error = error_of([&] { client_of(engine).list_containers({}); });
  ASSERT_TRUE(error);
  EXPECT_THAT(error->what(), HasSubstr("speaks API 1.40, and at least 1.41"));
}

TEST(Requests, CarryAHostThatGoAcceptsTheUserAgentAndTheConfiguredHeaders) {
  FakeEngine engine;
  EngineClient client(engine.endpoint(), {{"X-Meta", "yes"}}, std::nullopt);
  client.list_containers({});
  const Request request = engine.requests().at(0);
  EXPECT_EQ(request.headers.at("host"), "docker");
  EXPECT_EQ(request.headers.at("x-meta"), "yes");
  EXPECT_THAT(request.headers.at("user-agent"), HasSubstr("docker-sandbox/"));
}

TEST(Requests, ShareOneConnectionButForUpgrades) {
  FakeEngine engine;
  const std::string id = a_container(engine);
  engine.add_program("true", [](support::Process&) { return 0; });
  EngineClient client = client_of(engine);
  client.start_container(id);
  const std::string exec = client.create_exec(id, {.command = {"true"}});
  client.start_exec(exec, false);
  client.inspect_exec(exec);
  const std::vector<Request> requests = engine.requests();
  ASSERT_EQ(requests.size(), 5U);
  EXPECT_EQ(requests[0].connection, requests[1].connection);
  EXPECT_EQ(requests[0].connection, requests[2].connection);
  EXPECT_NE(requests[0].connection, requests[3].connection);
  EXPECT_EQ(requests[0].connection, requests[4].connection);
}

TEST(Requests, GoOverANewConnectionWhenTheEngineHasClosedTheIdleOne) {
  FakeEngine engine;
  EngineClient client = client_of(engine);
  engine.add_fault(
      {.call = {"GET", "/_ping"}, .raw = "HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nContent-Length: 2\r\n\r\nOK"});
  client.api_version();
  ASSERT_TRUE(engine.wait_for_no_connection());
  EXPECT_FALSE(client.inspect_image("nothing:1"));
  EXPECT_EQ(engine.requests().at(1).connection, 2);
}

TEST(CreateContainer, SendsTheWholeRequestAsJson) {
  FakeEngine engine;
  engine.add_image(k_image);
  const std::string workspace = engine.directory().make("work space,with:all");
  const std::string id =
      client_of(engine)
          .create_container(
              "box",
              {.image = k_image,
               .command = {"sh", "-c", "wait"},
               .env = {"A=1", "B.C-D=\xc3\xbc"},
               .working_directory = "/w",
               .labels = {{"k", "v"}},
               .mounts =
                   {{.type = MountRequest::Type::bind, .source = workspace, .target = workspace, .read_only = true},
                    {.type = MountRequest::Type::volume, .source = "data", .target = "/data"},
                    {.type = MountRequest::Type::volume, .source = "", .target = "/cache"}},
               .extra_hosts = {"h:host-gateway"},
               .group_add = {"999"}})
          .id;
  const Request request = engine.requests().back();
  EXPECT_EQ(request.call(), "POST /containers/create");
  EXPECT_EQ(request.query.at("name"), "box");
  EXPECT_EQ(request.headers.at("content-type"), "application/json");
  const json body = json::parse(request.body);
  EXPECT_EQ(body.at("Cmd"), json({"sh", "-c", "wait"}));
  EXPECT_EQ(body.at("Env"), json({"A=1", "B.C-D=\xc3\xbc"}));
  EXPECT_EQ(body.at("WorkingDir"), "/w");
  EXPECT_EQ(body.at("HostConfig").at("Mounts"),
            json::array({{{"Type", "bind"}, {"Source", workspace}, {"Target", workspace}, {"ReadOnly", true}},
                         {{"Type", "volume"}, {"Source", "data"}, {"Target", "/data"}},
                         {{"Type", "volume"}, {"Target", "/cache"}}}));
  EXPECT_EQ(body.at("HostConfig").at("GroupAdd"), json({"999"}));
  EXPECT_EQ(body.at("HostConfig").at("Init"), true);
  EXPECT_EQ(engine.with_world([&](FakeWorld& world) { return world.containers.at(id).name; }), "box");
}

TEST(CreateContainer, TellsATakenNameFromAMissingImage) {
  FakeEngine engine;
  a_container(engine, "box");
  EngineClient client = client_of(engine);
  const auto taken = error_of([&] { client.create_container("box", {.image = k_image}); });
  const auto missing = error_of([&] { client.create_container("other", {.image = "none:1"}); });
  ASSERT_TRUE(taken && missing);
  EXPECT_EQ(taken->kind(), ErrorKind::engine_conflict);
  EXPECT_EQ(missing->kind(), ErrorKind::engine_not_found);
  EXPECT_STREQ(missing->what(), "Error response from daemon: No such image: none:1");
}

TEST(Containers, GoThroughTheirLife) {
  FakeEngine engine;
  const std::string id = a_container(engine, "box");
  EngineClient client = client_of(engine);
  client.start_container(id);
  EXPECT_NO_THROW(client.start_container(id)) << "304: already running";
  client.rename_container(id, "new-name");
  const ContainerDetails details = client.inspect_container(id);
  EXPECT_EQ(details.name, "new-name");
  EXPECT_EQ(details.state, "running");
  EXPECT_EQ(details.image, k_image);
  EXPECT_TRUE(client.remove_container(id));
  EXPECT_FALSE(client.remove_container(id)) << "404: not there any more";
  EXPECT_TRUE(engine.with_world([](FakeWorld& world) { return world.containers.empty(); }));
}

TEST(RemoveStoppedContainer, IsRefusedForOneThatRuns) {
  FakeEngine engine;
  const std::string id = a_container(engine);
  EngineClient client = client_of(engine);
  client.start_container(id);
  const auto error = error_of([&] { client.remove_stopped_container(id); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::engine_conflict);
  client.stop_container(id);
  EXPECT_TRUE(client.remove_stopped_container(id));
}

TEST(RemoveContainer, TakesAnonymousVolumesAndLeavesNamedOnes) {
  FakeEngine engine;
  engine.add_image(k_image);
  EngineClient client = client_of(engine);
  const std::string id =
      client
          .create_container("box", {.image = k_image,
                                    .mounts = {{.type = MountRequest::Type::volume, .source = "keep", .target = "/a"},
                                               {.type = MountRequest::Type::volume, .source = "", .target = "/b"}}})
          .id;
  client.remove_container(id);
  EXPECT_EQ(engine.with_world([](FakeWorld& world) { return world.volumes.size(); }), 1U);
}

TEST(ListContainers, AsksForAllWithEachLabelAndReadsThem) {
  FakeEngine engine;
  engine.add_image(k_image);
  EngineClient client = client_of(engine);
  client.create_container("one", {.image = k_image, .labels = {{"a", "1"}, {"b", "=, \"x"}}});
  client.create_container("two", {.image = k_image, .labels = {{"a", "1"}}});
  const std::vector<ContainerSummary> rows = client.list_containers({.labels = {"a=1", "b==, \"x"}});
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_THAT(rows[0].names, ElementsAre("one"));
  EXPECT_EQ(rows[0].image, k_image);
  EXPECT_EQ(rows[0].state, "created");
  EXPECT_EQ(client.list_containers({.labels = {"a"}}).size(), 2U);
}

TEST(ListContainers, AsksForSizesOnlyWhenTheyAreWanted) {
  FakeEngine engine;
  EngineClient client = client_of(engine);
  client.list_containers({});
  EXPECT_EQ(engine.requests().back().query.count("size"), 0U);
  client.list_containers({.with_size = true});
  EXPECT_EQ(engine.requests().back().query.at("size"), "1");
}

TEST(ListContainers, ReadsTenThousand) {
  FakeEngine engine;
  engine.with_world([](FakeWorld& world) {
    for (int i = 0; i < 10'000; ++i) {
      FakeContainer container;
      container.id = world.new_id();
      container.name = "box-" + std::to_string(i);
      container.body = {{"Image", k_image}};
      container.labels = {{"long", std::string(500, 'x')}};
      world.containers[container.id] = container;
    }
  });
  EXPECT_EQ(client_of(engine).list_containers({}).size(), 10'000U);
}

TEST(PullImage, HandsTheReportOnAndSendsTheLogin) {
  FakeEngine engine;
  engine.add_to_registry("host:5000/a/b:c");
  EngineClient client = client_of(engine);
  std::vector<PullEvent> events;
  PullStream stream([&](const PullEvent& event) { events.push_back(event); });
  client.pull_image("host:5000/a/b:c", "c2VjcmV0", [&](std::string_view bytes) { stream.feed(bytes); });
  stream.finish();
  ASSERT_FALSE(events.empty());
  EXPECT_EQ(events.back().status, "Status: Downloaded newer image for host:5000/a/b:c");
  EXPECT_EQ(engine.requests().back().headers.at("x-registry-auth"), "c2VjcmV0");
  EXPECT_TRUE(client.inspect_image("host:5000/a/b:c"));
}

TEST(PullImage, FailsForAnErrorInsideTheReport) {
  FakeEngine engine;
  engine.add_to_registry("img:1", {}, /*broken=*/true);
  EngineClient client = client_of(engine);
  PullStream stream([](const PullEvent&) {});
  const auto error =
      error_of([&] { client.pull_image("img:1", "", [&](std::string_view bytes) { stream.feed(bytes); }); });
  ASSERT_TRUE(error);
  EXPECT_THAT(error->what(), HasSubstr("Error response from daemon: filesystem layer verification failed"));
}

TEST(PullImage, QuotesTheRefusal) {
  FakeEngine engine;
  const auto error = error_of([&] { client_of(engine).pull_image("img:1", "", [](std::string_view) {}); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::engine_not_found);
  EXPECT_THAT(error->what(), HasSubstr("Error response from daemon: pull access denied for img"));
}

TEST(Exec, IsCreatedWithTheTerminalsSizeOnlyForEnginesThatKnowIt) {
  for (const auto& [version, knows] : {std::pair{"1.41", false}, std::pair{"1.42", true}}) {
    FakeEngine engine({.api_version = version});
    const std::string id = a_container(engine);
    EngineClient client = client_of(engine);
    client.start_container(id);
    client.create_exec(id, {.command = {"x"}, .tty = true, .console_size = TerminalSize{30, 100}});
    const json body = json::parse(engine.requests().back().body);
    EXPECT_EQ(body.contains("ConsoleSize"), knows) << version;
    if (knows) {
      EXPECT_EQ(body.at("ConsoleSize"), json({30, 100}));
    }
  }
}

TEST(ContainerLogTail, GivesBothStreams) {
  FakeEngine engine;
  const std::string id = a_container(engine);
  engine.with_world([&](FakeWorld& world) {
    world.containers.at(id).log_out = "out\n";
    world.containers.at(id).log_err = "err\n";
  });
  EXPECT_EQ(client_of(engine).container_log_tail(id, 10), "out\nerr\n");
  EXPECT_EQ(engine.requests().back().query.at("tail"), "10");
}

}  // namespace
}  // namespace docker_sandbox::engine

// SPDX-License-Identifier: Apache-2.0
#include "clients.hpp"
#include "support/errors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

/// What comes of calls that the engine refuses, or that are better not made.
namespace docker_sandbox::engine {
namespace {

using base::ErrorKind;
using support::error_of;
using support::FakeEngine;
using support::Fault;
using testing::HasSubstr;

struct StatusCase {
  int status;
  ErrorKind kind;
};

class ErrorAnswers : public testing::TestWithParam<StatusCase> {};

TEST_P(ErrorAnswers, HaveTheKindOfTheirStatusAndQuoteTheMessage) {
  FakeEngine engine;
  const std::string id = a_container(engine);
  engine.add_fault(
      {.call = {"POST", "/containers/*/start"}, .refusal = Fault::Refusal{GetParam().status, "no \x1b[2Jway"}});
  const auto error = error_of([&] { client_of(engine).start_container(id); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), GetParam().kind);
  EXPECT_STREQ(error->what(), "Error response from daemon: no \\x1b[2Jway");
}

INSTANTIATE_TEST_SUITE_P(
    Statuses, ErrorAnswers,
    testing::Values(StatusCase{400, ErrorKind::engine_bad_request}, StatusCase{404, ErrorKind::engine_not_found},
                    StatusCase{409, ErrorKind::engine_conflict}, StatusCase{403, ErrorKind::engine_failure},
                    StatusCase{500, ErrorKind::engine_failure}, StatusCase{503, ErrorKind::engine_failure}));

TEST(ErrorAnswer, OfPlainTextIsQuotedToo) {
  FakeEngine engine;
  engine.add_fault({.raw = "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 13\r\n\r\nno backend :("});
  const auto error = error_of([&] { client_of(engine).list_containers({}); });
  ASSERT_TRUE(error);
  EXPECT_STREQ(error->what(), "Error response from daemon: no backend :(");
}

TEST(ErrorAnswer, WithoutAnyTextNamesTheStatus) {
  FakeEngine engine;
  engine.add_fault({.raw = "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"});
  const auto error = error_of([&] { client_of(engine).list_containers({}); });
  ASSERT_TRUE(error);
  EXPECT_STREQ(error->what(), "Error response from daemon: status 502 without a message");
}

TEST(ErrorAnswer, ToAnUpgradeIsQuoted) {
  FakeEngine engine;
  const std::string id = a_container(engine);
  EngineClient client = client_of(engine);
  client.start_container(id);
  const std::string exec = client.create_exec(id, {.command = {"x"}});
  client.remove_container(id);
  const auto error = error_of([&] { client.start_exec(exec, false); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::engine_not_found);
  EXPECT_EQ(error->what(), "Error response from daemon: No such exec instance: " + exec);
}

TEST(Podman, GivesReasonsWithinItsFailures) {
  FakeEngine engine({.podman = true});
  a_container(engine, "box");
  const auto error = error_of([&] { client_of(engine).create_container("box", {.image = k_image}); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::engine_conflict);
  EXPECT_THAT(error->what(), HasSubstr("already in use"));

  const std::string gone =
      R"({"cause":"no such container","message":"no container with ID 1 found in database: no such container"})";
  engine.add_fault({.call = {"POST", "/containers/*/exec"}, .refusal = Fault::Refusal{}, .body = gone});
  const auto other = error_of([&] { client_of(engine).create_exec("1", {.command = {"x"}}); });
  ASSERT_TRUE(other);
  EXPECT_EQ(other->kind(), ErrorKind::engine_not_found);

  const auto stopped = error_of([&] { client_of(engine).create_exec("box", {.command = {"x"}}); });
  ASSERT_TRUE(stopped);
  EXPECT_EQ(stopped->kind(), ErrorKind::engine_conflict);
}

TEST(CreateContainer, TellsNoPathThatIsNotUtf8) {
  FakeEngine engine;
  engine.add_image(k_image);
  const MountRequest mount{.source = "/w\xff", .target = "/x"};
  const auto error =
      error_of([&] { client_of(engine).create_container("box", {.image = k_image, .mounts = {mount}}); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::invalid_value);
  EXPECT_THAT(error->what(), HasSubstr("/w\\xff"));
  EXPECT_EQ(engine.count({"POST", "/containers/create"}), 0U);
}

TEST(Podman, IsNotGivenAPathThatItWouldReadAsOptionsOrAsAnotherPath) {
  FakeEngine podman({.podman = true});
  FakeEngine docker;
  for (FakeEngine* engine : {&podman, &docker}) {
    engine->add_image(k_image);
  }
  const auto volume = MountRequest::Type::volume;
  for (const std::string path : {"/w,source=/etc", "/quo\"te", "/line\nend"}) {
    for (const MountRequest& mount :
         {MountRequest{.source = "/", .target = path}, {.type = volume, .source = path, .target = "/x"}}) {
      const auto error =
          error_of([&] { client_of(podman).create_container("box", {.image = k_image, .mounts = {mount}}); });
      ASSERT_TRUE(error) << path;
      EXPECT_EQ(error->kind(), ErrorKind::invalid_value);
      EXPECT_EQ(podman.count({"POST", "/containers/create"}), 0U);
      const std::string id = client_of(docker).create_container("box", {.image = k_image, .mounts = {mount}}).id;
      client_of(docker).remove_container(id);
    }
  }
}

}  // namespace
}  // namespace docker_sandbox::engine

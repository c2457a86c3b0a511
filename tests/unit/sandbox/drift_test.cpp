// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/sandbox/drift.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace docker_sandbox::sandbox {
namespace {

using engine::MountRequest;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// A run without options, in a workspace whose sandbox was made with nearly every option.
struct Scene {
  SandboxSpec want;
  Sandbox have;
  ActualConfiguration actual;

  std::vector<std::string> drift() const { return describe_drift(want, have, actual); }
};

Scene a_scene() {
  Scene scene;
  scene.want.agent = agent::find_agent("claude");
  scene.want.workspace.path = "/w";
  scene.want.template_image = "docker/sandbox-templates:claude-code";
  scene.have.name = "mine";
  scene.have.workspace = "/w";
  scene.have.template_image = "img";
  scene.have.image_id = "sha256:1";
  scene.have.credentials = CredentialsMode::host;
  scene.have.docker_socket = true;
  scene.have.mounts = {{.type = "bind", .source = "/w", .destination = "/w"},
                       {.type = "bind", .source = "/data", .destination = "/d", .read_write = false},
                       {.type = "volume", .name = "cache", .source = "/engine/cache/_data", .destination = "/c"},
                       {.type = "volume", .name = "0123abcd", .source = "/engine/0123abcd/_data", .destination = "/a"},
                       {.type = "bind", .source = "/run/docker.sock", .destination = k_socket_target}};
  scene.actual = {.env = {"PATH=/bin", "A=1", "EMPTY=", "AB=2"}, .template_image_id = "sha256:1"};
  return scene;
}

TEST(Drift, IsNoneWhenNothingWasGiven) {
  EXPECT_THAT(a_scene().drift(), IsEmpty());
}

TEST(Drift, IsNoneWhenTheSameWasGiven) {
  Scene scene = a_scene();
  scene.want.variables = {{"A", "1"}, {"EMPTY", ""}};
  scene.want.volumes = {{.source = "/data", .target = "/d", .read_only = true},
                        {.type = MountRequest::Type::volume, .source = "cache", .target = "/c"},
                        {.type = MountRequest::Type::volume, .target = "/a"}};
  scene.want.docker_socket = "/run/docker.sock";
  scene.want.credentials = CredentialsMode::host;
  scene.want.template_image = "docker.io/library/img:latest";
  scene.want.given = {.credentials = true, .template_image = true};
  scene.want.name = "mine";
  EXPECT_THAT(scene.drift(), IsEmpty());
}

TEST(Drift, NamesEachVariableAndNoValue) {
  Scene scene = a_scene();
  scene.want.variables = {{"A", "secret1"}, {"B", "secret2"}, {"AB", "2"}, {"EMPTY", "secret3"}};
  EXPECT_THAT(scene.drift(), ElementsAre("not applied: the variable A; it has another value in the sandbox",
                                         "not applied: the variable B; the sandbox does not have it",
                                         "not applied: the variable EMPTY; it has another value in the sandbox"));
}

TEST(Drift, OfTheProxiesIsOneLineWithoutTheirValues) {
  Scene scene = a_scene();
  scene.want.proxies = {{"HTTP_PROXY", "http://me:secret@p"}, {"http_proxy", "http://me:secret@p"}};
  EXPECT_THAT(scene.drift(),
              ElementsAre("not applied: the proxies of the docker CLI's config.json; the sandbox has none"));
  scene.actual.env.push_back("http_proxy=http://other");
  EXPECT_THAT(scene.drift(),
              ElementsAre("not applied: the proxies of the docker CLI's config.json; the sandbox has others"));
  scene.actual.env = {"HTTP_PROXY=http://me:secret@p", "http_proxy=http://me:secret@p"};
  EXPECT_THAT(scene.drift(), IsEmpty());
}

TEST(Drift, IsNoneForAProxyThatTheUserChoseOtherwise) {
  Scene scene = a_scene();
  scene.want.proxies = {{"HTTP_PROXY", "http://p"}};
  scene.have.variables = {"HTTP_PROXY"};
  scene.actual.env.push_back("HTTP_PROXY=");
  EXPECT_THAT(scene.drift(), IsEmpty());
}

TEST(Drift, NamesEachVolumeThatIsMissingOrOtherwise) {
  Scene scene = a_scene();
  scene.want.volumes = {{.source = "/data", .target = "/d"},
                        {.source = "/other", .target = "/d2"},
                        {.source = "/other", .target = "/c", .read_only = true},
                        {.type = MountRequest::Type::volume, .source = "more", .target = "/c"},
                        {.type = MountRequest::Type::volume, .target = "/new"}};
  EXPECT_THAT(scene.drift(),
              ElementsAre("not applied: the volume \"/data\" on \"/d\" read-write; the sandbox has it read-only",
                          "not applied: the volume \"/other\" on \"/d2\"; nothing is mounted there in the sandbox",
                          "not applied: the volume \"/other\" on \"/c\"; the sandbox has \"cache\" there",
                          "not applied: the volume \"more\" on \"/c\"; the sandbox has \"cache\" there",
                          "not applied: an anonymous volume on \"/new\"; nothing is mounted there in the sandbox"));
}

TEST(Drift, TellsAboutTheDockerSocket) {
  Scene scene = a_scene();
  scene.want.docker_socket = "/other.sock";
  EXPECT_THAT(scene.drift(),
              ElementsAre("not applied: the Docker socket \"/other.sock\"; the sandbox has \"/run/docker.sock\""));
  scene.have.mounts.pop_back();
  EXPECT_THAT(scene.drift(), ElementsAre("not applied: the Docker socket; it is not mounted in the sandbox"));
}

TEST(Drift, TellsAboutCredentialsAndNameWhenGiven) {
  Scene scene = a_scene();
  scene.want.credentials = CredentialsMode::none;
  EXPECT_THAT(scene.drift(), IsEmpty()) << "a default is not given";
  scene.want.given.credentials = true;
  scene.want.name = "yours";
  EXPECT_THAT(scene.drift(), ElementsAre("not applied: credentials \"none\"; the sandbox has \"host\"",
                                         "not applied: name \"yours\"; the sandbox is \"mine\""));
}

TEST(Drift, TellsAboutAnotherTemplateWhenGiven) {
  Scene scene = a_scene();
  scene.want.given.template_image = true;
  EXPECT_THAT(scene.drift(),
              ElementsAre("not applied: template \"docker/sandbox-templates:claude-code\"; the sandbox was "
                          "made from \"img\""));
}

TEST(Drift, TellsAboutANewImageBehindTheTemplateAlsoWhenNoneWasGiven) {
  Scene scene = a_scene();
  scene.actual.template_image_id = "sha256:2";
  EXPECT_THAT(scene.drift(),
              ElementsAre("the template \"img\" is another image now than the one that the sandbox was made from"));
  scene.actual.template_image_id = "";
  EXPECT_THAT(scene.drift(), IsEmpty()) << "the name stands for no image any more";
  scene.actual.template_image_id = "1";
  EXPECT_THAT(scene.drift(), IsEmpty()) << "some engines leave out the name of the hash";
}

TEST(Drift, ShowsControlCharactersAsEscapes) {
  Scene scene = a_scene();
  scene.want.name = "yours";
  scene.have.name = "x\x1b[2J";
  EXPECT_THAT(scene.drift(), ElementsAre("not applied: name \"yours\"; the sandbox is \"x\\x1b[2J\""));
}

TEST(DriftRemedy, NamesTheOption) {
  EXPECT_THAT(drift_remedy(a_scene().want), HasSubstr("run --recreate [OPTIONS] claude"));
}

TEST(SameReference, KnowsTheSpellingsOfOneImage) {
  for (const char* spelling :
       {"x", "x:latest", "library/x", "docker.io/x", "docker.io/library/x:latest", "index.docker.io/library/x"}) {
    EXPECT_TRUE(same_reference("x", spelling)) << spelling;
  }
  EXPECT_TRUE(same_reference("localhost/x", "localhost/x:latest"));
  EXPECT_TRUE(same_reference("h:5000/x", "h:5000/x:latest"));
  for (const char* other : {"y", "x:1", "me/x", "localhost/x", "h:5000/x", "x@sha256:00"}) {
    EXPECT_FALSE(same_reference("x", other)) << other;
  }
}

}  // namespace
}  // namespace docker_sandbox::sandbox

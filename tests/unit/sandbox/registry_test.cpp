// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/sandbox/registry.hpp"

#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/sandbox/creator.hpp"
#include "docker_sandbox/sandbox/labels.hpp"
#include "docker_sandbox/sandbox/spec.hpp"
#include "support/private_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <ostream>
#include <utility>

namespace docker_sandbox::sandbox {
namespace {

using testing::Each;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

SandboxSpec a_spec() {
  SandboxSpec spec;
  spec.agent = agent::find_agent("claude");
  spec.workspace = {.path = "/home/me/project", .device = 1, .inode = 42};
  spec.template_image = "img:1";
  spec.variables = {{"TOKEN", "very secret"}};
  spec.identity = {1001, 1002};
  return spec;
}

engine::ContainerSummary container_of(const SandboxSpec& spec) {
  return {.id = "abc",
          .names = {"a-name"},
          .image = "img:1",
          .image_id = "sha256:1",
          .state = "running",
          .labels = labels::encode(spec, "a-name", "creator"),
          .mounts = {{.type = "bind", .source = spec.workspace.path, .destination = spec.workspace.path}}};
}

TEST(Labels, DescribeTheSandboxWholly) {
  const std::optional<Sandbox> sandbox = labels::decode(container_of(a_spec()));
  ASSERT_TRUE(sandbox);
  EXPECT_EQ(sandbox->workspace, "/home/me/project");
  EXPECT_EQ(sandbox->workspace_inode, 42U);
  EXPECT_EQ(sandbox->agent, "claude");
  EXPECT_EQ(sandbox->user, "1001");
  EXPECT_EQ(sandbox->credentials, CredentialsMode::sandbox);
  EXPECT_EQ(sandbox->variables, std::vector<std::string>{"TOKEN"});
  EXPECT_EQ(sandbox->state, RunState::running);
}

/// A number of the engine's that goes with the labels, and what the program will do with it.
struct NumberCase {
  const char* rule;
  std::int64_t engine::ContainerSummary::*told;
  std::int64_t Sandbox::*taken;
  std::int64_t times;  ///< that it is multiplied by
};

void PrintTo(const NumberCase& number_case, std::ostream* out) {
  *out << number_case.rule;
}

class Numbers : public testing::TestWithParam<NumberCase> {};

TEST_P(Numbers, OfTheEngineAreSuchAsCanBeReckonedWith) {
  const auto taken = [](std::int64_t number) {
    engine::ContainerSummary container = container_of(a_spec());
    container.*GetParam().told = number;
    return labels::decode(container).value().*GetParam().taken;
  };
  EXPECT_EQ(taken(1'700'000'000), 1'700'000'000);
  for (const std::int64_t impossible : {INT64_MIN, std::int64_t{-1}, INT64_MAX}) {
    EXPECT_GE(taken(impossible), 0) << impossible;
    EXPECT_LE(taken(impossible), INT64_MAX / GetParam().times) << impossible;
  }
}

INSTANTIATE_TEST_SUITE_P(All, Numbers,
                         testing::Values(NumberCase{"a time is told in nanoseconds, and added to another one",
                                                    &engine::ContainerSummary::created, &Sandbox::created,
                                                    2'000'000'000},
                                         NumberCase{"sizes of as many sandboxes as there may be are added up",
                                                    &engine::ContainerSummary::size_rw, &Sandbox::size_rw, 100'000}));

TEST(Labels, GoWithAStateInWhicheverWordTheEngineHasForIt) {
  const std::pair<const char*, RunState> words[] = {
      {"running", RunState::running}, {"restarting", RunState::running}, {"paused", RunState::paused},
      {"created", RunState::created}, {"configured", RunState::created}, {"exited", RunState::stopped},
      {"removing", RunState::going},  {"dead", RunState::going},         {"", RunState::stopped}};
  for (const auto& [word, state] : words) {
    engine::ContainerSummary container = container_of(a_spec());
    container.state = word;
    EXPECT_EQ(labels::decode(container).value().state, state) << word;
  }
}

TEST(Labels, HaveNoNamesWhereThereAreMoreThanLinuxGivesAProgram) {
  engine::ContainerSummary container = container_of(a_spec());
  std::string names = "[\"A\"";
  while (names.size() < 2U * 1024 * 1024) {
    names += ",0";
  }
  container.labels[labels::k_env] = names + "]";
  const std::optional<Sandbox> sandbox = labels::decode(container);
  ASSERT_TRUE(sandbox);
  EXPECT_TRUE(sandbox->variables.empty());
}

TEST(Labels, HoldNoValueOfAVariable) {
  EXPECT_THAT(labels::encode(a_spec(), "n", "c"), Each(Pair(testing::_, Not(HasSubstr("very secret")))));
}

TEST(Labels, AloneMakeNoSandbox) {
  engine::ContainerSummary no_mount = container_of(a_spec());
  no_mount.mounts.clear();
  EXPECT_FALSE(labels::decode(no_mount));
  for (const char* key :
       {labels::k_sandbox, labels::k_workspace, labels::k_workspace_inode, labels::k_credentials, labels::k_user}) {
    engine::ContainerSummary half = container_of(a_spec());
    half.labels.at(key) = "nonsense";
    EXPECT_FALSE(labels::decode(half)) << key;
    half.labels.erase(key);
    EXPECT_FALSE(labels::decode(half)) << key;
  }
}

TEST(Labels, NameTheSandboxWhosePlaceWasTaken) {
  engine::ContainerSummary container = container_of(a_spec());
  EXPECT_EQ(labels::decode(container)->replaces, "");
  container.labels[labels::k_replaces] = "old";
  EXPECT_EQ(labels::decode(container)->replaces, "old");
}

TEST(UnfinishedName, IsOneOfEachWorkspaceAndAcceptedByEngines) {
  EXPECT_EQ(unfinished_name("/a"), unfinished_name("/a"));
  EXPECT_NE(unfinished_name("/a"), unfinished_name("/b"));
  EXPECT_NO_THROW(check_name(unfinished_name("/with space/ü")));
}

TEST(UnfinishedName, IsRecognisedForItsWorkspaceOnly) {
  EXPECT_TRUE(is_unfinished_name(unfinished_name("/a"), "/a"));
  EXPECT_FALSE(is_unfinished_name(unfinished_name("/a"), "/b"));
  EXPECT_FALSE(is_unfinished_name("sandbox-unfinished-", "/a"));
  EXPECT_FALSE(is_unfinished_name("a-name", "/a"));
}

TEST(CheckName, FollowsTheEnginesRule) {
  for (const char* good : {"ab", "my-project", "0.x_"}) {
    EXPECT_NO_THROW(check_name(good)) << good;
  }
  for (const char* bad : {"", "a", "-a", "a b", "a/b", "ä-ö", "a\nb"}) {
    EXPECT_THROW(check_name(bad), base::Error) << bad;
  }
}

TEST(CheckImageReference, RefusesWhatWouldLeaveItsRoute) {
  for (const char* good : {"a", "docker/sandbox-templates:claude-code", "h:5000/a/b@sha256:00"}) {
    EXPECT_NO_THROW(check_image_reference(good)) << good;
  }
  for (const char* bad : {"", "/a", "a/", "a b", "a?b", "a//b", "-a", "a#b", "a%2f"}) {
    EXPECT_THROW(check_image_reference(bad), base::Error) << bad;
  }
}

TEST(FindSandbox, TakesNamesIdsPrefixesAndPaths) {
  std::vector<Sandbox> all(2);
  all[0].id = "aaaa1111";
  all[0].name = "one";
  all[0].workspace = "/gone/one";
  all[1].id = "aaab2222";
  all[1].name = "aaaa";
  EXPECT_EQ(find_sandbox(all, "one", "/"), &all[0]);
  EXPECT_EQ(find_sandbox(all, "aaab", "/"), &all[1]);
  EXPECT_EQ(find_sandbox(all, "aaaa", "/"), &all[1]) << "a name counts more than a prefix";
  EXPECT_EQ(find_sandbox(all, "./one/", "/gone"), &all[0]);
  EXPECT_EQ(find_sandbox(all, "/gone/x/../one", "/"), &all[0]);
  EXPECT_EQ(find_sandbox(all, "nothing", "/"), nullptr);
  EXPECT_EQ(find_sandbox(all, "", "/"), nullptr);
  EXPECT_THROW(find_sandbox(all, "aaa", "/"), base::Error);
}

TEST(FindSandbox, TakesThePathOfAWorkspaceThatALinkHasReplaced) {
  const support::PrivateDirectory place;
  const std::filesystem::path directory = place.path();
  std::filesystem::create_directory_symlink("elsewhere", directory / "w");
  std::filesystem::create_directory(directory / "elsewhere");
  std::vector<Sandbox> all(2);
  all[0].workspace = directory / "w";
  all[1].workspace = directory / "elsewhere";
  const std::vector<Sandbox> replaced{all[0]};
  EXPECT_EQ(find_sandbox(replaced, "./w", directory), &replaced[0]);
  EXPECT_EQ(find_sandbox(all, "./w", directory), &all[1]) << "the directory that it leads to counts more";
}

TEST(Creator, IsKnownWhileItLives) {
  EXPECT_EQ(look_up_creator(this_creator()), CreatorState::alive);
  EXPECT_EQ(look_up_creator(this_creator() + "/7"), CreatorState::alive);
}

TEST(Creator, IsGoneWhenItsNumberIsAnothersNow) {
  std::string creator = this_creator();
  creator.back() = creator.back() == '0' ? '1' : '0';
  EXPECT_EQ(look_up_creator(creator), CreatorState::gone);
}

TEST(Creator, OfAnotherMachineIsUnknown) {
  EXPECT_EQ(look_up_creator("boot/4026531836/1/1"), CreatorState::unknown);
  EXPECT_EQ(look_up_creator(""), CreatorState::unknown);
  EXPECT_EQ(look_up_creator("a/b/c/d/e"), CreatorState::unknown);
  EXPECT_EQ(look_up_creator("a/b/c"), CreatorState::unknown);
}

TEST(AgentIdentity, IsTheCallersAndForRootTheWorkspacesOwners) {
  const Workspace workspace{.path = "/w", .owner = 1234, .group = 1235};
  EXPECT_EQ(agent_identity(1000, 100, workspace).user, 1000U);
  EXPECT_EQ(agent_identity(0, 0, workspace).user, 1234U);
  EXPECT_EQ(agent_identity(0, 0, workspace).group, 1235U);
}

}  // namespace
}  // namespace docker_sandbox::sandbox

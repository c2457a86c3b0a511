// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/cli/other_generations.hpp"

#include "docker_sandbox/cli/command.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace docker_sandbox::cli {
namespace {

using testing::HasSubstr;

TEST(OtherGenerations, SaveIsACommit) {
  EXPECT_THAT(instead_of_command({"save", "box", "img:1"}),
              HasSubstr("\n  docker commit box img:1\n  docker sandbox run --template img:1 AGENT"));
  EXPECT_THAT(instead_of_command({"save"}), HasSubstr("docker commit SANDBOX IMAGE"));
}

TEST(OtherGenerations, EveryCommandOfTheirsIsAnsweredAndNoOther) {
  for (const char* theirs : {"cp", "network", "policy", "ports", "reset", "save", "secret"}) {
    EXPECT_NE(instead_of_command({theirs}), "") << theirs;
    EXPECT_EQ(find_command(theirs), nullptr) << theirs;
  }
  EXPECT_EQ(instead_of_command({"build"}), "");
}

TEST(OtherGenerations, OptionsOfTheirsAreAnswered) {
  for (const char* command : {"create", "run"}) {
    EXPECT_THAT(instead_of_flag(command, "pull-template"), HasSubstr("--pull"));
    EXPECT_THAT(instead_of_flag(command, "load-local-template"), HasSubstr("--template"));
  }
  EXPECT_THAT(instead_of_flag("ls", "json"), HasSubstr("--format json"));
  EXPECT_THAT(instead_of_flag("exec", "d"), HasSubstr("docker exec -d"));
  EXPECT_THAT(instead_of_flag("exec", "detach"), HasSubstr("docker exec -d"));
  EXPECT_THAT(instead_of_flag("exec", "privileged"), HasSubstr("docker exec --privileged"));
  EXPECT_EQ(instead_of_flag("rm", "json"), "");
}

TEST(OtherGenerations, ADirectoryBehindTheAgentIsTold) {
  EXPECT_EQ(instead_of_workspace_argument("claude", {"/"}),
            "/ goes to claude as text; to work in that directory: docker sandbox run -w / claude");
  EXPECT_EQ(instead_of_workspace_argument("claude", {".", "--", "-p", "say hi"}),
            ". goes to claude as text; to work in that directory: docker sandbox run -w . claude -p 'say hi'");
  EXPECT_EQ(instead_of_workspace_argument("claude", {}), "");
  EXPECT_EQ(instead_of_workspace_argument("claude", {"/nonexistent"}), "");
  EXPECT_EQ(instead_of_workspace_argument("claude", {"-p", "."}), "") << "it is the option's";
}

TEST(OtherGenerations, TheNameOfASandboxInPlaceOfTheAgentIsAnsweredWithItsWorkspace) {
  EXPECT_EQ(instead_of_sandbox_argument("/home/u/my web", "gemini", {"-p", "say hi"}),
            "A sandbox is entered through its workspace:\n"
            "  docker sandbox run -w '/home/u/my web' gemini -p 'say hi'");
}

TEST(OtherGenerations, WhatIsPastedIntoAShellIsText) {
  EXPECT_THAT(instead_of_command({"save", "box", "a'; rm -rf x; '"}),
              HasSubstr("docker commit box 'a'\\''; rm -rf x; '\\'''\n"));
}

}  // namespace
}  // namespace docker_sandbox::cli

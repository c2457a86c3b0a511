// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/agent/catalog.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace docker_sandbox::agent {
namespace {

using testing::ElementsAre;

TEST(CommandLine, StartsTheAgentWithItsApprovalFlag) {
  EXPECT_THAT(command_line(*find_agent("claude"), {"-p", "hi"}),
              ElementsAre("claude", "--dangerously-skip-permissions", "-p", "hi"));
  EXPECT_THAT(command_line(*find_agent("gemini"), {}), ElementsAre("gemini", "--yolo"));
}

TEST(CommandLine, LeavesTheFlagOutWhenTheOptionsChooseAMode) {
  EXPECT_THAT(command_line(*find_agent("claude"), {"--permission-mode", "plan"}),
              ElementsAre("claude", "--permission-mode", "plan"));
  EXPECT_THAT(command_line(*find_agent("claude"), {"--permission-mode=plan"}),
              ElementsAre("claude", "--permission-mode=plan"));
  EXPECT_THAT(command_line(*find_agent("gemini"), {"-y"}), ElementsAre("gemini", "-y"));
}

TEST(CommandLine, TakesNoWordBehindADoubleDashForAnOption) {
  EXPECT_THAT(command_line(*find_agent("gemini"), {"--", "-y"}), ElementsAre("gemini", "--yolo", "--", "-y"));
}

TEST(FindAgent, KnowsOnlyTheCatalog) {
  EXPECT_EQ(find_agent("copilot"), nullptr);
  EXPECT_EQ(agent_names(), "claude, gemini");
}

}  // namespace
}  // namespace docker_sandbox::agent

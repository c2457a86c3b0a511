// SPDX-License-Identifier: Apache-2.0
#include "setup.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace docker_sandbox::sandbox {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(SetupReport, ExistsOnlyOfASetUpThatCameToItsEnd) {
  EXPECT_FALSE(parse_setup_report(""));
  EXPECT_FALSE(parse_setup_report("set up\n"));
  EXPECT_FALSE(parse_setup_report("docker-sandbox: shifted image\nsh: find: not found\n"));
  const auto report = parse_setup_report("what a shell may say\ndocker-sandbox: set up\n");
  ASSERT_TRUE(report);
  EXPECT_FALSE(report->other_numbers);
  EXPECT_THAT(report->warnings, IsEmpty());
}

TEST(SetupReport, TellsThatTheContainersHaveOtherNumbers) {
  const auto report = parse_setup_report("docker-sandbox: other numbers 1001 100\n");
  ASSERT_TRUE(report && report->other_numbers);
  EXPECT_EQ(report->other_numbers->user, 1001U);
  EXPECT_EQ(report->other_numbers->group, 100U);
  for (const char* text :
       {"other numbers", "other numbers ", "other numbers 1", "other numbers -1 1", "other numbers 1 x"}) {
    EXPECT_FALSE(parse_setup_report(std::string("docker-sandbox: ") + text + "\n")) << text;
  }
}

TEST(SetupReport, TellsThatTheWorkspaceIsNoDirectory) {
  const auto report = parse_setup_report("docker-sandbox: no directory\n");
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->workspace_is_no_directory);
}

TEST(SetupReport, WarnsOfAnEngineThatRemapsUsers) {
  const auto report = parse_setup_report("docker-sandbox: shifted image\ndocker-sandbox: set up\n");
  ASSERT_TRUE(report);
  EXPECT_THAT(report->warnings, ElementsAre(HasSubstr("--userns host")));
}

TEST(SetupReport, HasWhatIsMountedInside) {
  const auto report = parse_setup_report(
      "docker-sandbox: kernel 1-2-3\ndocker-sandbox: mount 1 2 8:1 / /\ndocker-sandbox: mount 2 1 8:1 /a /b\n"
      "docker-sandbox: set up\n");
  ASSERT_TRUE(report);
  EXPECT_EQ(report->kernel, "1-2-3");
  EXPECT_EQ(report->mounts, "1 2 8:1 / /\n2 1 8:1 /a /b\n");
}

TEST(SetupReport, NotesWhereTheMountsOfRootAreToo) {
  const auto report = parse_setup_report(
      "docker-sandbox: linked\t/root/.aws\t/home/agent/.aws\ndocker-sandbox: "
      "taken\t/root/x\t/home/agent/x\ndocker-sandbox: set up\n");
  ASSERT_TRUE(report);
  EXPECT_THAT(report->notes,
              ElementsAre("/root/.aws is also /home/agent/.aws, in the agent's home.",
                          "/root/x is not at /home/agent/x too, in the agent's home: something else is there."));
}

}  // namespace
}  // namespace docker_sandbox::sandbox

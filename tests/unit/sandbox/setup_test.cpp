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
  const auto report = parse_setup_report("docker-sandbox: other numbers\n");
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->other_numbers);
}

TEST(SetupReport, WarnsOfAnEngineThatRemapsUsers) {
  const auto report = parse_setup_report("docker-sandbox: shifted image\ndocker-sandbox: set up\n");
  ASSERT_TRUE(report);
  EXPECT_THAT(report->warnings, ElementsAre(HasSubstr("--userns host")));
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

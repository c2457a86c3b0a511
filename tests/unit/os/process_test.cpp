// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/os/process.hpp"

#include <gtest/gtest.h>

namespace docker_sandbox::os {
namespace {

using namespace std::chrono_literals;

TEST(RunProcess, GivesInputAndCollectsBothOutputs) {
  const ProcessResult result = run_process({"sh", "-c", "cat; echo problem >&2; exit 3"}, "hello", 10s);
  EXPECT_EQ(result.status, 3);
  EXPECT_EQ(result.out, "hello");
  EXPECT_EQ(result.err, "problem\n");
  EXPECT_FALSE(result.timed_out);
}

TEST(RunProcess, MovesMoreThanAPipeHoldsBothWays) {
  const std::string input(1 << 20, 'x');
  EXPECT_EQ(run_process({"cat"}, input, 10s).out, input);
}

TEST(RunProcess, SurvivesAChildThatDoesNotReadItsInput) {
  EXPECT_EQ(run_process({"true"}, std::string(1 << 20, 'x'), 10s).status, 0);
}

TEST(RunProcess, ReportsAProgramThatIsNotThereAs127) {
  const ProcessResult result = run_process({"docker-sandbox-no-such-program"}, "", 10s);
  EXPECT_EQ(result.status, 127);
  EXPECT_NE(result.err.find("No such file"), std::string::npos);
}

TEST(RunProcess, KillsTheWholeGroupAtTheDeadline) {
  const auto start = std::chrono::steady_clock::now();
  const ProcessResult result = run_process({"sh", "-c", "sleep 60 & wait"}, "", 50ms);
  EXPECT_TRUE(result.timed_out);
  EXPECT_EQ(result.status, 128 + 9);
  EXPECT_LT(std::chrono::steady_clock::now() - start, 30s);
}

TEST(RunProcess, GivesOnlyTheEnvironmentItWasHanded) {
  const std::map<std::string, std::string> environment{{"PATH", "/usr/bin:/bin"}, {"ONLY", "this"}};
  EXPECT_EQ(run_process({"env"}, "", 10s, &environment).out.find("HOME="), std::string::npos);
}

}  // namespace
}  // namespace docker_sandbox::os

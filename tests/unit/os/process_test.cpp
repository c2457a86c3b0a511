// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/os/process.hpp"

#include "docker_sandbox/os/unique_fd.hpp"
#include "docker_sandbox/os/unix_socket.hpp"
#include "support/waiting.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <array>

namespace docker_sandbox::os {
namespace {

using namespace std::chrono_literals;
using support::k_patience;

TEST(RunProcess, GivesInputAndCollectsBothOutputs) {
  const ProcessResult result = run_process({"sh", "-c", "cat; echo problem >&2; exit 3"}, "hello", k_patience);
  EXPECT_EQ(result.status, 3);
  EXPECT_EQ(result.out, "hello");
  EXPECT_EQ(result.err, "problem\n");
  EXPECT_FALSE(result.timed_out);
}

TEST(RunProcess, MovesMoreThanAPipeHoldsBothWays) {
  const std::string input(1 << 20, 'x');
  EXPECT_EQ(run_process({"cat"}, input, k_patience).out, input);
}

TEST(RunProcess, SurvivesAChildThatDoesNotReadItsInput) {
  EXPECT_EQ(run_process({"true"}, std::string(1 << 20, 'x'), k_patience).status, 0);
}

TEST(RunProcess, ReportsAProgramThatIsNotThereAs127) {
  const ProcessResult result = run_process({"docker-sandbox-no-such-program"}, "", k_patience);
  EXPECT_EQ(result.status, 127);
  EXPECT_NE(result.err.find("No such file"), std::string::npos);
}

TEST(RunProcess, KillsTheWholeGroupAtTheDeadline) {
  // Each of its processes has the pipe's other end: this one comes to its end when the last of them has gone.
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const UniqueFd here(ends[0]);
  UniqueFd inherited(ends[1]);
  const ProcessResult result = run_process({"sh", "-c", "sleep 1000 & wait"}, "", 200ms);
  inherited.reset();
  EXPECT_TRUE(result.timed_out);
  EXPECT_EQ(result.status, 128 + 9);
  EXPECT_TRUE(wait_readable(here.get(), support::deadline()));
}

TEST(RunProcess, GivesOnlyTheEnvironmentItWasHanded) {
  const std::map<std::string, std::string> environment{{"PATH", "/usr/bin:/bin"}, {"ONLY", "this"}};
  EXPECT_EQ(run_process({"env"}, "", k_patience, &environment).out, "ONLY=this\nPATH=/usr/bin:/bin\n");
}

}  // namespace
}  // namespace docker_sandbox::os

// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/cli/step_time.hpp"

#include <gtest/gtest.h>

namespace docker_sandbox::cli {
namespace {

using std::chrono::milliseconds;

TEST(StepTime, HasTenthsOfASecondBelowAMinuteAndSecondsAbove) {
  EXPECT_EQ(step_time(milliseconds(0)), "0.0 s");
  EXPECT_EQ(step_time(milliseconds(449)), "0.4 s");
  EXPECT_EQ(step_time(milliseconds(450)), "0.5 s");
  EXPECT_EQ(step_time(milliseconds(12'345)), "12.3 s");
  EXPECT_EQ(step_time(milliseconds(59'949)), "59.9 s");
  EXPECT_EQ(step_time(milliseconds(59'950)), "1 min 0 s");
  EXPECT_EQ(step_time(milliseconds(125'499)), "2 min 5 s");
  EXPECT_EQ(step_time(milliseconds(3'600'000)), "60 min 0 s");
}

TEST(StepTime, OfACreationIsToldFromTenSecondsOn) {
  EXPECT_EQ(slow_creation_line("box", milliseconds(9'999)), "");
  EXPECT_EQ(slow_creation_line("box", milliseconds(10'000)), "Made the sandbox box in 10.0 s.");
  EXPECT_EQ(slow_creation_line("box", milliseconds(65'000)), "Made the sandbox box in 1 min 5 s.");
}

}  // namespace
}  // namespace docker_sandbox::cli

// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/cli/suggestion.hpp"

#include <gtest/gtest.h>

namespace docker_sandbox::cli {
namespace {

TEST(EditDistance, CountsEachKindOfSlipOnce) {
  EXPECT_EQ(edit_distance("inspect", "inspect"), 0U);
  EXPECT_EQ(edit_distance("inspct", "inspect"), 1U) << "left out";
  EXPECT_EQ(edit_distance("insspect", "inspect"), 1U) << "added";
  EXPECT_EQ(edit_distance("inspekt", "inspect"), 1U) << "replaced";
  EXPECT_EQ(edit_distance("ispnect", "inspect"), 2U);
  EXPECT_EQ(edit_distance("insepct", "inspect"), 1U) << "swapped";
  EXPECT_EQ(edit_distance("", "abc"), 3U);
}

TEST(Closest, IsTheWordThatWasMeant) {
  const std::vector<std::string> known{"exec", "inspect", "list", "ls", "remove", "rm", "run", "version"};
  EXPECT_EQ(closest("inspct", known), "inspect");
  EXPECT_EQ(closest("lst", known), "list");
  EXPECT_EQ(closest("rmove", known), "remove");
  EXPECT_EQ(closest("versoin", known), "version");
  EXPECT_EQ(closest("ins", known), "inspect") << "a beginning";
}

TEST(Closest, IsNothingForAnotherWord) {
  const std::vector<std::string> known{"exec", "inspect", "list", "ls", "remove", "rm", "run", "version"};
  for (const std::string& other :
       {std::string("x"), std::string("build"), std::string("compose"), std::string(), std::string(5000, 'r')}) {
    EXPECT_EQ(closest(other, known), "") << other;
  }
}

}  // namespace
}  // namespace docker_sandbox::cli

// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/sandbox/credentials.hpp"
#include "support/private_directory.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

namespace docker_sandbox::sandbox {
namespace {

bool conflicts(const std::string& configuration) {
  const support::PrivateDirectory workspace;
  std::ofstream(workspace.path() + "/.claude.json") << configuration;
  return has_conflicting_api_key(workspace.path());
}

TEST(ConflictingApiKey, IsOneOfTheWorkspacesOwn) {
  EXPECT_TRUE(conflicts(R"({"primaryApiKey":"sk-1"})"));
  EXPECT_TRUE(conflicts(R"({"projects":{"/x":{"list":[1,{"a":2}]}},"primaryApiKey":"sk-1","more":[]})"));
}

TEST(ConflictingApiKey, IsNoneWhereNothingIsSet) {
  for (const char* configuration :
       {"", "{", "null", "[]", R"(["primaryApiKey","x"])", R"({"primaryApiKey":""})", R"({"primaryApiKey":null})",
        R"({"a":{"primaryApiKey":"sk-1"}})", R"({"a":[{"primaryApiKey":"sk-1"}]})", R"({"primaryApiKey":{"a":"b"}})"}) {
    EXPECT_FALSE(conflicts(configuration)) << configuration;
  }
  const support::PrivateDirectory empty;
  EXPECT_FALSE(has_conflicting_api_key(empty.path()));
}

TEST(ConflictingApiKey, IsFoundBehindValuesWithoutEnd) {
  std::string wide = "[0";
  for (int i = 0; i < 1'000'000; ++i) {
    wide += ",0";
  }
  EXPECT_TRUE(conflicts("{\"a\":" + wide + "],\"primaryApiKey\":\"sk-1\"}"));
  EXPECT_FALSE(conflicts(std::string(1'000'000, '[')));
  EXPECT_FALSE(conflicts(std::string(17U * 1024 * 1024, ' ') + R"({"primaryApiKey":"sk-1"})")) << "it is too large";
}

}  // namespace
}  // namespace docker_sandbox::sandbox

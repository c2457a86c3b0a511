// SPDX-License-Identifier: Apache-2.0
#include "json_error.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace docker_sandbox::cli {
namespace {

TEST(JsonError, IsOneObjectOnOneLine) {
  EXPECT_EQ(render_json_error("not_found", "no such \"x\"\nno such y", ""),
            R"({"error":{"kind":"not_found","message":"no such \"x\"\nno such y","hint":""}})"
            "\n");
}

TEST(JsonError, IsWantedHoweverTheFormatIsSpelled) {
  using Words = std::vector<std::string>;
  for (const Words& words :
       {Words{"inspect", "--format", "json"}, Words{"inspect", "--format=json"}, Words{"inspect", "-f", "json"},
        Words{"inspect", "-fjson"}, Words{"inspect", "-f=json"}, Words{"inspect", "--bad", "--format", "json"}}) {
    EXPECT_TRUE(asks_for_json(words, 'f')) << words.back();
  }
  for (const Words& words : {Words{"inspect"}, Words{"inspect", "--format"}, Words{"inspect", "--format", "{{json .}}"},
                             Words{"inspect", "--", "--format", "json"}}) {
    EXPECT_FALSE(asks_for_json(words, 'f')) << words.back();
  }
  EXPECT_TRUE(asks_for_json({"rm", "--format", "json"}, 0));
  EXPECT_FALSE(asks_for_json({"ls", "-f", "json"}, 0));
}

TEST(JsonError, EveryKindHasANameOfItsOwn) {
  std::set<std::string_view> names;
  constexpr int k_kinds = static_cast<int>(base::ErrorKind::io) + 1;
  for (int kind = 0; kind < k_kinds; ++kind) {
    names.insert(name_of(static_cast<base::ErrorKind>(kind)));
  }
  EXPECT_EQ(names.size(), static_cast<std::size_t>(k_kinds));
}

}  // namespace
}  // namespace docker_sandbox::cli

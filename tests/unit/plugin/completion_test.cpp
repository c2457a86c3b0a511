// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/plugin/completion.hpp"

#include <gtest/gtest.h>

namespace docker_sandbox::plugin {
namespace {

using Words = std::vector<std::string>;

TEST(CompletionRequest, ComesWithTheWordFromTheDockerCli) {
  const auto request = parse_completion_request({"__complete", "sandbox", "run", "-d", ""});
  ASSERT_TRUE(request);
  EXPECT_EQ(request->words, (Words{"run", "-d"}));
  EXPECT_EQ(request->begun, "");
  EXPECT_TRUE(request->with_descriptions);
}

TEST(CompletionRequest, ComesWithoutTheWordFromOlderScripts) {
  const auto request = parse_completion_request({"__completeNoDesc", "rm", "clau"});
  ASSERT_TRUE(request);
  EXPECT_EQ(request->words, Words{"rm"});
  EXPECT_EQ(request->begun, "clau");
  EXPECT_FALSE(request->with_descriptions);
}

TEST(CompletionRequest, OfTheWordItselfIsTheWordThatIsBegun) {
  const auto request = parse_completion_request({"__complete", "sandbox"});
  ASSERT_TRUE(request);
  EXPECT_TRUE(request->words.empty());
  EXPECT_EQ(request->begun, "sandbox");
}

TEST(CompletionRequest, MayBeEmpty) {
  const auto request = parse_completion_request({"__complete"});
  ASSERT_TRUE(request);
  EXPECT_TRUE(request->words.empty());
  EXPECT_EQ(request->begun, "");
}

TEST(CompletionRequest, IsNoOtherCall) {
  EXPECT_FALSE(parse_completion_request({}));
  EXPECT_FALSE(parse_completion_request({"sandbox", "__complete"}));
}

TEST(Completion, IsOneCandidateALineAndTheDirective) {
  const Completion completion{.candidates = {{"a", "first"}, {"b", ""}}};
  EXPECT_EQ(render_completion(completion, true), "a\tfirst\nb\n:4\n");
  EXPECT_EQ(render_completion(completion, false), "a\nb\n:4\n");
  EXPECT_EQ(render_completion({.directive = CompletionDirective::directories}, true), ":16\n");
  EXPECT_EQ(render_completion({.directive = CompletionDirective::files}, true), ":0\n");
}

TEST(Completion, KeepsEachCandidateOnItsLine) {
  EXPECT_EQ(render_completion({.candidates = {{"a\nb", "c\td\x1b[2J"}}}, true), "a\\nb\tc\\td\\x1b[2J\n:4\n");
}

}  // namespace
}  // namespace docker_sandbox::plugin

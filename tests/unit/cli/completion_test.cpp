// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/cli/completion.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace docker_sandbox::cli {
namespace {

using Kind = WantedWord::Kind;
using Words = std::vector<std::string>;
using testing::Contains;
using testing::IsSupersetOf;
using testing::Not;

/// The last word is the one that is begun.
WantedWord wanted(Words words) {
  plugin::CompletionRequest request;
  request.begun = words.back();
  words.pop_back();
  request.words = std::move(words);
  return wanted_word(request);
}

Words offered(const Words& words) {
  Words names;
  for (const OptionDescription& option : wanted(words).offered) {
    names.push_back(option.name);
  }
  return names;
}

TEST(WantedWord, IsACommandFirst) {
  for (const Words& words : {Words{""}, Words{"ru"}, Words{"-D", ""}, Words{"--context", "x", ""}, Words{"-H=x", ""},
                             Words{"help", ""}, Words{"help", "ru"}}) {
    EXPECT_EQ(wanted(words).kind, Kind::command) << words.back();
  }
}

TEST(WantedWord, IsAnOptionBehindADash) {
  EXPECT_EQ(wanted({"-"}).kind, Kind::option);
  EXPECT_EQ(offered({"--"}), Words{"debug"});
  EXPECT_EQ(wanted({"run", "--"}).kind, Kind::option);
  EXPECT_THAT(offered({"run", "--"}), IsSupersetOf({"credentials", "detached", "env", "quiet"}));
}

TEST(WantedWord, IsNoHiddenOption) {
  EXPECT_THAT(offered({"run", "--"}), Not(Contains("detach")));
}

TEST(WantedWord, IsNoOptionThatIsThereAlreadyUnlessItRepeats) {
  const Words names = offered({"run", "-qe", "A=b", "--detached", "--"});
  EXPECT_THAT(names, Not(Contains("quiet")));
  EXPECT_THAT(names, Not(Contains("detached")));
  EXPECT_THAT(names, Contains("env"));
}

TEST(WantedWord, IsTheValueOfAnOptionThatAwaitsOne) {
  for (const Words& words : {Words{"run", "--pull", ""},
                             Words{
                                 "run",
                                 "-d",
                                 "--pull=",
                             },
                             Words{"run", "--pull=al"}}) {
    const WantedWord word = wanted(words);
    EXPECT_EQ(word.kind, Kind::option_value);
    ASSERT_TRUE(word.option);
    EXPECT_EQ(word.option->name, "pull");
  }
  EXPECT_EQ(wanted({"run", "--pull=al"}).begun, "al");
  EXPECT_EQ(wanted({"run", "-qdt", ""}).option->name, "template");
  EXPECT_EQ(wanted({"run", "-w", "-"}).option->name, "workspace") << "a value may begin with a dash";
}

TEST(WantedWord, IsNoValueOfAnOptionThatHasIt) {
  for (const Words& words :
       {Words{"run", "-timg", ""}, Words{"run", "--pull=never", ""}, Words{"run", "-e", "A", ""}}) {
    EXPECT_EQ(wanted(words).kind, Kind::argument);
  }
}

TEST(WantedWord, IsTheAgentsOwnBehindTheAgent) {
  EXPECT_EQ(wanted({"run", ""}).kind, Kind::argument);
  EXPECT_EQ(wanted({"run", "--", ""}).kind, Kind::argument);
  EXPECT_EQ(wanted({"run", "claude", ""}).kind, Kind::foreign);
  EXPECT_EQ(wanted({"run", "claude", "--pull", ""}).kind, Kind::foreign);
  EXPECT_EQ(wanted({"run", "claude", "-"}).kind, Kind::foreign);
  EXPECT_EQ(wanted({"exec", "-it", "box", "l"}).kind, Kind::foreign);
}

TEST(WantedWord, IsAnArgumentAsLongAsThereMayBeMore) {
  EXPECT_EQ(wanted({"rm", "a", "b", ""}).kind, Kind::argument);
  EXPECT_EQ(wanted({"rm", "a", "b", ""}).arguments, (Words{"a", "b"}));
  EXPECT_EQ(wanted({"rm", "a", "-"}).kind, Kind::option) << "options may stand behind arguments";
  EXPECT_EQ(wanted({"rm", "--", "-"}).kind, Kind::argument);
  EXPECT_EQ(wanted({"version", ""}).kind, Kind::nothing);
  EXPECT_EQ(wanted({"create", "claude", ""}).kind, Kind::argument);
  EXPECT_EQ(wanted({"create", "claude", "-"}).kind, Kind::option);
  EXPECT_EQ(wanted({"create", "claude", ".", ""}).kind, Kind::nothing);
}

TEST(WantedWord, FollowsAliases) {
  EXPECT_EQ(wanted({"remove", ""}).command, find_command("rm"));
}

TEST(WantedWord, IsNothingForLinesThatCannotBeRight) {
  EXPECT_EQ(wanted({"nonsense", ""}).kind, Kind::nothing);
  EXPECT_EQ(wanted({"run", "--nonsense=x"}).kind, Kind::nothing);
  EXPECT_EQ(wanted({"run", "--quiet=x"}).kind, Kind::nothing);
}

}  // namespace
}  // namespace docker_sandbox::cli

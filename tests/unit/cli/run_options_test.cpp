// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/cli/run_options.hpp"

#include "support/errors.hpp"

#include <gtest/gtest.h>

namespace docker_sandbox::cli {
namespace {

using Words = std::vector<std::string>;

RunOptions parsed(const Words& words) {
  OptionSet options;
  RunOptions given;
  declare_run_options(options, given);
  split_agent(options.parse(words, plugin::FlagsEnd::at_first_argument), given);
  return given;
}

TEST(RunGrammar, ReadsOptionsInFrontOfTheAgentOnly) {
  const RunOptions given = parsed({"-d", "claude", "-e", "x", "-d", "--help", "--", "-v"});
  EXPECT_TRUE(given.detached);
  EXPECT_EQ(given.agent, "claude");
  EXPECT_EQ(given.agent_options, (Words{"-e", "x", "-d", "--help", "--", "-v"}));
  EXPECT_TRUE(given.env.empty());
}

TEST(RunGrammar, DropsOneDashDashBeforeTheAgentAndOneBehindIt) {
  for (const Words& words : {Words{"--", "claude", "-p", "hi"}, Words{"claude", "--", "-p", "hi"},
                             Words{"--", "claude", "--", "-p", "hi"}}) {
    const RunOptions given = parsed(words);
    EXPECT_EQ(given.agent, "claude");
    EXPECT_EQ(given.agent_options, (Words{"-p", "hi"}));
  }
  EXPECT_EQ(parsed({"claude", "--", "--"}).agent_options, Words{"--"});
}

TEST(RunGrammar, TakesValuesInEverySpelling) {
  const RunOptions given =
      parsed({"-eA=1", "-e", "B=2", "--env=C=3", "--env", "D=4", "-e=E=5", "-v/a:/b", "--name=n", "-wx", "claude"});
  EXPECT_EQ(given.env, (Words{"A=1", "B=2", "C=3", "D=4", "E=5"}));
  EXPECT_EQ(given.volumes, Words{"/a:/b"});
  EXPECT_EQ(given.name, "n");
  EXPECT_EQ(given.workspace, "x");
}

TEST(RunGrammar, TakesGroupedShorthands) {
  const RunOptions given = parsed({"-qdt", "img", "claude"});
  EXPECT_TRUE(given.quiet);
  EXPECT_TRUE(given.detached);
  EXPECT_EQ(given.template_image, "img");
}

TEST(RunGrammar, LeavesValuesAlone) {
  const Words odd{"A=1,2", "B=[x,y]", "{}", "C=", "D= a b ", "E='q'", "--f", "-"};
  Words words;
  for (const std::string& value : odd) {
    words.insert(words.end(), {"-e", value});
  }
  words.insert(words.end(), {"--workspace", "{}", "--name", "", "claude"});
  const RunOptions given = parsed(words);
  EXPECT_EQ(given.env, odd);
  EXPECT_EQ(given.workspace, "{}");
  EXPECT_EQ(given.name, "");
}

TEST(RunGrammar, ALaterValueReplacesAnEarlierOne) {
  EXPECT_EQ(parsed({"--pull", "always", "--pull=never", "claude"}).pull, "never");
  EXPECT_FALSE(parsed({"-d", "--detached=false", "claude"}).detached);
}

TEST(RunGrammar, KnowsBothNamesOfDetached) {
  EXPECT_TRUE(parsed({"--detached", "claude"}).detached);
  EXPECT_TRUE(parsed({"--detach", "claude"}).detached);
}

TEST(RunGrammar, TellsGivenOptionsFromDefaults) {
  OptionSet options;
  RunOptions given;
  declare_run_options(options, given);
  options.parse({"--credentials", "sandbox", "claude"}, plugin::FlagsEnd::at_first_argument);
  EXPECT_TRUE(options.given("credentials"));
  EXPECT_FALSE(options.given("pull"));
}

TEST(RunGrammar, ComplainsInDockersWords) {
  const auto complaint = [](const Words& words) {
    return support::message_of([&] { parsed(words); }, base::ErrorKind::usage_flag);
  };
  EXPECT_EQ(complaint({"--nope", "claude"}), "unknown flag: --nope");
  EXPECT_EQ(complaint({"-qx", "claude"}), "unknown shorthand flag: 'x' in -qx");
  EXPECT_EQ(complaint({"-d", "--env"}), "flag needs an argument: --env");
  EXPECT_EQ(complaint({"-de"}), "flag needs an argument: 'e' in -de");
}

}  // namespace
}  // namespace docker_sandbox::cli

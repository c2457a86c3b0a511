// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/plugin/invocation.hpp"

#include "support/errors.hpp"

#include <gtest/gtest.h>

namespace docker_sandbox::plugin {
namespace {

using Words = std::vector<std::string>;

TEST(Invocation, TakesTheWordAwayHoweverItIsCalled) {
  const Words run{"run", "-it", "foo", "--x"};
  EXPECT_EQ(parse_invocation({"sandbox", "run", "-it", "foo", "--x"}).words, run);
  EXPECT_EQ(parse_invocation({"run", "-it", "foo", "--x"}).words, run) << "directly, without the word";
  EXPECT_EQ(parse_invocation({"--", "sandbox", "run", "-it", "foo", "--x"}).words, run);
  EXPECT_EQ(parse_invocation({"-v", "sandbox", "run", "-it", "foo", "--x"}).words, run);
}

TEST(Invocation, TakesTheWordOnce) {
  EXPECT_EQ(parse_invocation({"sandbox", "sandbox"}).words, Words{"sandbox"});
}

TEST(Invocation, HonoursDockersGlobalOptionsBeforeTheWord) {
  const Invocation call =
      parse_invocation({"--context", "x", "-D", "-l", "debug", "--config=/c", "--tlsverify=false", "--tls",
                        "--tlscacert", "a", "--tlscert", "b", "--tlskey", "c", "sandbox", "ls"});
  EXPECT_EQ(call.globals.context, "x");
  EXPECT_TRUE(call.globals.debug);
  EXPECT_EQ(call.globals.log_level, "debug");
  EXPECT_EQ(call.globals.config_directory, "/c");
  EXPECT_EQ(call.globals.tls_verify, false);
  EXPECT_EQ(call.globals.tls, true);
  EXPECT_EQ(call.globals.tls_ca_certificate, "a");
  EXPECT_EQ(call.globals.tls_certificate, "b");
  EXPECT_EQ(call.globals.tls_key, "c");
  EXPECT_EQ(call.words, Words{"ls"});
}

TEST(Invocation, TakesHostsInEverySpelling) {
  const Words three{"unix:///a", "unix:///b", "unix:///c"};
  EXPECT_EQ(parse_invocation({"-H=unix:///a", "-Hunix:///b", "-H", "unix:///c", "sandbox", "ls"}).globals.hosts, three);
  EXPECT_EQ(parse_invocation({"--host=unix:///a", "sandbox", "ls"}).globals.hosts, Words{"unix:///a"});
}

TEST(Invocation, TakesGroupedShorthands) {
  const Invocation call = parse_invocation({"-Dldebug", "sandbox", "ls"});
  EXPECT_TRUE(call.globals.debug);
  EXPECT_EQ(call.globals.log_level, "debug");
}

TEST(Invocation, TakesGlobalOptionsAfterTheWordToo) {
  const Invocation call = parse_invocation({"sandbox", "-D", "--context", "foo", "ls", "-q"});
  EXPECT_TRUE(call.globals.debug);
  EXPECT_EQ(call.globals.context, "foo");
  EXPECT_EQ(call.words, (Words{"ls", "-q"}));
}

TEST(Invocation, KnowsHelpOnEveryRoute) {
  for (const Words& words :
       {Words{"help", "sandbox", "run"}, Words{"-D", "help", "sandbox", "run"}, Words{"--help", "sandbox", "run"},
        Words{"-h", "sandbox", "run"}, Words{"sandbox", "--help", "run"}, Words{"sandbox", "help", "run"},
        Words{"help", "run"}}) {
    const Invocation call = parse_invocation(words);
    EXPECT_TRUE(call.help);
    EXPECT_EQ(call.words, Words{"run"});
  }
  EXPECT_TRUE(parse_invocation({"sandbox", "-h"}).help);
  EXPECT_FALSE(parse_invocation({"sandbox", "run", "--help"}).help) << "that one is the command's";
}

TEST(Invocation, KnowsVersionWithoutACommand) {
  EXPECT_TRUE(parse_invocation({"--version"}).version);
  EXPECT_TRUE(parse_invocation({"sandbox", "-v"}).version);
}

std::string complaint(const Words& words) {
  return support::message_of([&] { parse_invocation(words); }, base::ErrorKind::usage_flag);
}

TEST(Invocation, ComplainsInPflagsWords) {
  EXPECT_EQ(complaint({"--nope", "ls"}), "unknown flag: --nope");
  EXPECT_EQ(complaint({"-Dx", "ls"}), "unknown shorthand flag: 'x' in -Dx");
  EXPECT_EQ(complaint({"--host"}), "flag needs an argument: --host");
  EXPECT_EQ(complaint({"-DH"}), "flag needs an argument: 'H' in -DH");
  EXPECT_EQ(complaint({"--=x"}), "bad flag syntax: --=x");
  EXPECT_EQ(complaint({"--debug=perhaps"}),
            "invalid argument \"perhaps\" for \"-D, --debug\" flag: it is neither true nor false");
}

TEST(Invocation, NeverEchoesControlCharacters) {
  EXPECT_EQ(complaint({"--a\x1b[2J"}), "unknown flag: --a\\x1b[2J");
}

}  // namespace
}  // namespace docker_sandbox::plugin

// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/sandbox/detach_keys.hpp"

#include "support/errors.hpp"

#include <gtest/gtest.h>

namespace docker_sandbox::sandbox {
namespace {

using std::string_literals::operator""s;

std::string type(DetachKeys& keys, const std::vector<std::string>& pieces) {
  std::string passed;
  for (const std::string& piece : pieces) {
    passed += keys.feed(piece) + "|";
  }
  return passed;
}

TEST(DetachKeySetting, IsReadAsDockerReadsIt) {
  EXPECT_EQ(parse_detach_keys(""), "");
  EXPECT_EQ(parse_detach_keys("ctrl-p,ctrl-q"), "\x10\x11");
  EXPECT_EQ(parse_detach_keys("a,DEL,~"), "a\x7f~");
  EXPECT_EQ(parse_detach_keys("ctrl-@,ctrl-[,ctrl-\\,ctrl-],ctrl-^,ctrl-_"), "\0\x1b\x1c\x1d\x1e\x1f"s);
}

TEST(DetachKeySetting, UnknownKeysAreRefused) {
  for (const char* setting : {"ctrl-", "ctrl-P", "ctrl-1", "ctrl-pp", "ab", "a,", ",", "ctrl-`", "del"}) {
    EXPECT_NE(support::message_of([&] { parse_detach_keys(setting); }, base::ErrorKind::bad_config), "") << setting;
  }
}

TEST(DetachKeys, NoneAreNeverFound) {
  DetachKeys keys("");
  EXPECT_EQ(type(keys, {"\x10\x11", "x"}), "\x10\x11|x|");
  EXPECT_FALSE(keys.found());
}

TEST(DetachKeys, AreFoundInOnePieceAndKeptFromTheProgram) {
  DetachKeys keys("\x10\x11");
  EXPECT_EQ(type(keys, {"ab\x10\x11more"}), "ab|");
  EXPECT_TRUE(keys.found());
}

TEST(DetachKeys, AreFoundKeyByKey) {
  DetachKeys keys("\x10\x11");
  EXPECT_EQ(type(keys, {"a", "\x10", "\x11"}), "a|||");
  EXPECT_TRUE(keys.found());
}

TEST(DetachKeys, GiveOutWhatWasHeldBackWhenTheSequenceBreaks) {
  DetachKeys keys("\x10\x11");
  EXPECT_EQ(type(keys, {"\x10", "x"}), "|\x10x|");
  EXPECT_FALSE(keys.found());
}

TEST(DetachKeys, FindASequenceThatBeginsInABrokenOne) {
  DetachKeys keys("aab");
  EXPECT_EQ(type(keys, {"aa", "a", "b"}), "|a||");
  EXPECT_TRUE(keys.found());
}

}  // namespace
}  // namespace docker_sandbox::sandbox

// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/base/text.hpp"
#include "docker_sandbox/base/number.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace docker_sandbox::base {
namespace {

TEST(Split, KeepsEmptyParts) {
  EXPECT_THAT(split(":a:", ':'), testing::ElementsAre("", "a", ""));
}

TEST(Printable, EscapesWhatCouldMoveTheCursor) {
  EXPECT_EQ(printable("a\x1b[2Jb\r\nc"), "a\\x1b[2Jb\\x0d\\nc");
  EXPECT_EQ(printable("\xC2\x9B"
                      "31m"),
            "\\u009b31m");
}

TEST(Printable, LeavesTextOfAnyScriptAlone) {
  EXPECT_EQ(printable("größe 漢字 🙂"), "größe 漢字 🙂");
  // The first and the last one of each length, and those beside the surrogates.
  for (const char* bound : {"\u00a0", "\u07ff", "\u0800", "\ud7ff", "\ue000", "\uffff", "\U00010000", "\U0010ffff"}) {
    EXPECT_EQ(printable(bound), bound);
  }
}

TEST(Printable, EscapesBytesThatAreNotUtf8) {
  EXPECT_EQ(printable("\xff\xc0\xaf"), "\\xff\\xc0\\xaf");
  EXPECT_EQ(printable("\xe6\xbc"), "\\xe6\\xbc");
  for (const char* other : {"\xed\xa0\x80", "\xe0\x80\x8a", "\xf0\x80\x80\x8a", "\xf4\x90\x80\x80"}) {
    EXPECT_EQ(printable(other).substr(0, 2), "\\x")
        << "a surrogate, what is longer than need be, and what is beyond Unicode";
  }
}

TEST(PrintableLines, KeepsLineEndsAndTabs) {
  EXPECT_EQ(printable_lines("a\n\tb\x07"), "a\n\tb\\x07");
}

TEST(ShellQuoted, IsOneWordForAShell) {
  EXPECT_EQ(shell_quoted("a b"), "'a b'");
  EXPECT_EQ(shell_quoted("it's $HOME"), "'it'\\''s $HOME'");
  EXPECT_EQ(shell_quoted(""), "''");
}

TEST(ParseNumber, TakesANumberAndNothingElse) {
  EXPECT_EQ(parse_number<int>("-12"), -12);
  EXPECT_EQ(parse_number<unsigned>("644", 8), 0644U);
  for (const char* text : {"", " 1", "1 ", "+1", "1x", "x", "0x1", "99999999999999999999"}) {
    EXPECT_EQ(parse_number<int>(text), std::nullopt) << text;
  }
  EXPECT_EQ(parse_number<unsigned>("-1"), std::nullopt);
}

TEST(Sha256, MatchesThePublishedVector) {
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Base64, RoundTripsEveryLength) {
  const std::string bytes(
      "\x00\xff\xfe"
      "abc",
      6);
  for (std::size_t length = 0; length <= bytes.size(); ++length) {
    const std::string part = bytes.substr(0, length);
    EXPECT_EQ(base64_decode(base64_encode(part)), part);
  }
  EXPECT_EQ(base64url_encode("\xfb\xff"), "-_8=");
}

TEST(Base64, RefusesWhatIsMalformed) {
  EXPECT_EQ(base64_decode("abc"), std::nullopt);
  EXPECT_EQ(base64_decode("ab c"), std::nullopt);
}

TEST(PercentEncode, LeavesOnlyUnreservedCharacters) {
  EXPECT_EQ(percent_encode("a/b c~ü"), "a%2Fb%20c~%C3%BC");
}

}  // namespace
}  // namespace docker_sandbox::base

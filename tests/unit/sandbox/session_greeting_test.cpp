// SPDX-License-Identifier: Apache-2.0
#include "session_greeting.hpp"

#include "support/pieces.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace docker_sandbox::sandbox {
namespace {

constexpr const char* k_token = "0123abcd";

enum class Terminal { yes, no };

struct Heard {
  GreetingReader reader;
  std::string passed;
};

/// Feeds the stream in pieces of that size.
Heard hear(std::string_view stream, Terminal terminal, std::size_t piece) {
  Heard heard{.reader = GreetingReader(k_token, terminal == Terminal::yes), .passed = {}};
  support::in_pieces(stream, piece, [&](std::string_view part) {
    heard.reader.feed(part, [&](std::string_view bytes) { heard.passed += bytes; });
  });
  return heard;
}

class EveryPiece : public testing::TestWithParam<std::size_t> {};

TEST_P(EveryPiece, GreetingIsTakenOffTheFront) {
  const Heard heard = hear("0123abcd 4711 ok\nthe program's\noutput", Terminal::no, GetParam());
  EXPECT_TRUE(heard.reader.greeted());
  EXPECT_EQ(heard.reader.greeting().process, 4711);
  EXPECT_EQ(heard.reader.greeting().state, Greeting::State::program_found);
  EXPECT_EQ(heard.passed, "the program's\noutput");
}

TEST_P(EveryPiece, EchoOfTheWordIsTakenOffATerminal) {
  const Heard heard = hear("0123abcd 4711 ok\r\n0123abcd\r\n\x1b[Hscreen", Terminal::yes, GetParam());
  EXPECT_EQ(heard.passed, "\x1b[Hscreen");
}

TEST_P(EveryPiece, OutputOfATerminalWithoutEchoIsWhole) {
  const Heard heard = hear("0123abcd 4711 ok\r\n0123 is how it begins", Terminal::yes, GetParam());
  EXPECT_EQ(heard.passed, "0123 is how it begins");
}

TEST_P(EveryPiece, ProgramsThatRepeatTheWordAreHeard) {
  EXPECT_EQ(hear("0123abcd 4711 ok\n0123abcd\r\n", Terminal::no, GetParam()).passed, "0123abcd\r\n");
  EXPECT_EQ(hear("0123abcd 4711 ok\r\n0123abcd\r\n0123abcd\r\n", Terminal::yes, GetParam()).passed, "0123abcd\r\n");
}

TEST_P(EveryPiece, EnginesWordsAreNoGreeting) {
  const std::string words = "OCI runtime exec failed: exec failed: no such directory: unknown\r\n";
  const Heard heard = hear(words, Terminal::no, GetParam());
  EXPECT_FALSE(heard.reader.greeted());
  EXPECT_TRUE(heard.reader.hopeless());
  EXPECT_EQ(heard.reader.other_words(), words);
  EXPECT_EQ(heard.passed, "");
}

INSTANTIATE_TEST_SUITE_P(Sizes, EveryPiece, testing::Values(1, 2, 3, 7, 17, 4096));

TEST(Greeting, TellsWhyThereIsNoProgram) {
  EXPECT_EQ(hear("0123abcd 12 missing\n", Terminal::no, 99).reader.greeting().state, Greeting::State::program_missing);
  EXPECT_EQ(hear("0123abcd 12 denied\r\n", Terminal::yes, 99).reader.greeting().state, Greeting::State::program_denied);
}

TEST(Greeting, MayCarryMore) {
  EXPECT_EQ(hear("0123abcd 12 ok 3 more\n", Terminal::no, 99).reader.greeting().rest, "3 more");
}

TEST(Greeting, AnotherTokenIsNone) {
  EXPECT_FALSE(hear("0123abce 12 ok\n", Terminal::no, 99).reader.greeted());
}

TEST(Greeting, ImpossibleNumbersAreNone) {
  for (const char* number : {"1", "0", "-5", "x", "", "12x", "99999999999999999999"}) {
    EXPECT_FALSE(hear(std::string("0123abcd ") + number + " ok\n", Terminal::no, 99).reader.greeted()) << number;
  }
}

TEST(Greeting, EndlessWordsAreNotKept) {
  const Heard heard = hear(std::string(1000 * 1000, 'x'), Terminal::no, 1000);
  EXPECT_TRUE(heard.reader.hopeless());
  EXPECT_LE(heard.reader.other_words().size(), 16U * 1024);
}

}  // namespace
}  // namespace docker_sandbox::sandbox

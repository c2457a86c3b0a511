// SPDX-License-Identifier: Apache-2.0
#include "terminal_modes.hpp"

#include <gtest/gtest.h>

namespace docker_sandbox::sandbox {
namespace {

struct ModesCase {
  const char* name;
  std::string output;
  std::string reset;
};

void PrintTo(const ModesCase& row, std::ostream* out) {
  *out << row.name;
}

class Modes : public testing::TestWithParam<ModesCase> {};

TEST_P(Modes, AreSwitchedOffAgain) {
  TerminalModes modes;
  modes.feed(GetParam().output);
  EXPECT_EQ(modes.reset(), GetParam().reset);
}

TEST_P(Modes, AreSeenHoweverTheOutputIsCut) {
  TerminalModes modes;
  for (const char c : GetParam().output) {
    modes.feed({&c, 1});
  }
  EXPECT_EQ(modes.reset(), GetParam().reset);
}

INSTANTIATE_TEST_SUITE_P(
    Programs, Modes,
    testing::Values(
        ModesCase{"plain text leaves nothing", "hello\r\nworld", ""},
        ModesCase{"alternate screen and hidden cursor", "\x1b[?1049h\x1b[?25l", "\x1b[?1049l\x1b[?25h"},
        ModesCase{"a program that cleans up", "\x1b[?1049h\x1b[?25lx\x1b[?25h\x1b[?1049l", ""},
        ModesCase{"several modes in one sequence", "\x1b[?1000;1006h", "\x1b[?1000l\x1b[?1006l"},
        ModesCase{"bracketed paste", "\x1b[?2004h", "\x1b[?2004l"},
        ModesCase{"modes that nobody is disturbed by", "\x1b[?12h\x1b[?3l", ""},
        ModesCase{"colours", "\x1b[1;31mred", "\x1b[m"}, ModesCase{"colours taken back", "\x1b[1;31mred\x1b[0m", ""},
        ModesCase{"kitty keyboard pushed twice", "\x1b[>1u\x1b[>5u", "\x1b[<2u"},
        ModesCase{"kitty keyboard popped", "\x1b[>1u\x1b[<u", ""},
        ModesCase{"kitty keyboard of the alternate screen", "\x1b[?1049h\x1b[>1u", "\x1b[<1u\x1b[?1049l"},
        ModesCase{"kitty keyboard on both screens", "\x1b[>1u\x1b[?1049h\x1b[>1u", "\x1b[<1u\x1b[?1049l\x1b[<1u"},
        ModesCase{"kitty keyboard of an alternate screen that was left", "\x1b[?1049h\x1b[>1u\x1b[>1u\x1b[?1049l",
                  "\x1b[?1049h\x1b[<2u\x1b[?1049l"},
        ModesCase{"kitty keyboard of an alternate screen that was left, and of the main one",
                  "\x1b[?1047h\x1b[>1u\x1b[?1047l\x1b[>5u", "\x1b[?1047h\x1b[<1u\x1b[?1047l\x1b[<1u"},
        ModesCase{"kitty keyboard of an alternate screen that was left with another of its modes",
                  "\x1b[?1049h\x1b[>1u\x1b[?47l\x1b[>1u\x1b[<u", "\x1b[?1049h\x1b[<1u\x1b[?1049l"},
        ModesCase{"kitty keyboard popped on the alternate screen where nothing was pushed",
                  "\x1b[>1u\x1b[?1049h\x1b[<u\x1b[?1049l", "\x1b[<1u"},
        ModesCase{"kitty keyboard popped as often as it goes", "\x1b[>1u\x1b[<9u", ""},
        ModesCase{"kitty keyboard set", "\x1b[=5u", "\x1b[=0;1u"},
        ModesCase{"kitty keyboard set bit by bit", "\x1b[=1;2u\x1b[=1;3u", "\x1b[=0;1u"},
        ModesCase{"kitty keyboard set and taken back", "\x1b[=5;1u\x1b[=0;1u", ""},
        ModesCase{"kitty keyboard set in what was pushed", "\x1b[>1u\x1b[=5;1u", "\x1b[<1u"},
        ModesCase{"kitty keyboard asked for", "\x1b[?u", ""},
        ModesCase{"an alternate screen that is left twice", "\x1b[?1049h\x1b[?47h\x1b[?47l", ""},
        ModesCase{"a soft reset of its own", "\x1b[?1049h\x1b[?25l\x1b[?1000h\x1b[1m\x1b[!p", "\x1b[?1049l\x1b[?1000l"},
        ModesCase{"modified keys", "\x1b[>4;2m", "\x1b[>4;0m"}, ModesCase{"keypad", "\x1b=", "\x1b>"},
        ModesCase{"scroll region", "\x1b[2;10r",
                  "\x1b"
                  "7\x1b[r\x1b"
                  "8"},
        ModesCase{"no wrapping", "\x1b[?7l", "\x1b[?7h"},
        ModesCase{"a full reset of its own",
                  "\x1b[?1049h\x1b[1m\x1b"
                  "c",
                  ""},
        ModesCase{"sequences inside a title are text", "\x1b]0;[?25l\x07", ""},
        ModesCase{"a title ended by ESC backslash", "\x1b]0;title\x1b\\\x1b[?25l", "\x1b[?25h"},
        ModesCase{"a cancelled sequence", "\x1b[?25\x18l", ""},
        ModesCase{"a sequence that begins anew", "\x1b[?1049\x1b[?25l", "\x1b[?25h"},
        ModesCase{"numbers that are none", "\x1b[?99999999999999999999h\x1b[?h", ""}));

TEST(TerminalModes, EndlessSequencesAreNotKept) {
  TerminalModes modes;
  modes.feed("\x1b[" + std::string(1000 * 1000, '1') + "h\x1b[?25l");
  EXPECT_EQ(modes.reset(), "\x1b[?25h");
}

}  // namespace
}  // namespace docker_sandbox::sandbox

// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/os/terminal.hpp"

#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/os/unique_fd.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/ioctl.h>

namespace docker_sandbox::os {
namespace {

struct PseudoTerminal {
  UniqueFd master{::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)};
  UniqueFd terminal;

  PseudoTerminal() {
    ::grantpt(master.get());
    ::unlockpt(master.get());
    terminal.reset(::open(::ptsname(master.get()), O_RDWR | O_NOCTTY | O_CLOEXEC));
  }

  bool is_raw() const {
    termios now{};
    ::tcgetattr(terminal.get(), &now);
    return (now.c_lflag & (ICANON | ECHO | ISIG)) == 0 && (now.c_iflag & (IXON | ICRNL)) == 0;
  }
};

TEST(Terminal, ThatWasNeverToldItsSizeHasNone) {
  const PseudoTerminal pty;
  EXPECT_TRUE(is_terminal(pty.terminal.get()));
  EXPECT_EQ(window_size(pty.terminal.get()), std::nullopt);
  const winsize size{.ws_row = 33, .ws_col = 77, .ws_xpixel = 0, .ws_ypixel = 0};
  ASSERT_EQ(::ioctl(pty.master.get(), TIOCSWINSZ, &size), 0);
  EXPECT_EQ(window_size(pty.terminal.get()), (WindowSize{33, 77}));
}

TEST(RawMode, IsTakenBackWhenItEnds) {
  const PseudoTerminal pty;
  {
    const RawMode raw(pty.terminal.get());
    EXPECT_TRUE(pty.is_raw());
  }
  EXPECT_FALSE(pty.is_raw());
}

TEST(RawMode, IsEnteredAgainAfterAStop) {
  const PseudoTerminal pty;
  {
    RawMode raw(pty.terminal.get());
    raw.restore();
    EXPECT_FALSE(pty.is_raw());
    raw.enter_again();
    EXPECT_TRUE(pty.is_raw());
  }
  EXPECT_FALSE(pty.is_raw());
}

TEST(RawMode, WhatIsNoTerminalIsRefused) {
  const UniqueFd nothing(::open("/dev/null", O_RDWR | O_CLOEXEC));
  EXPECT_THROW(RawMode{nothing.get()}, base::Error);
}

}  // namespace
}  // namespace docker_sandbox::os

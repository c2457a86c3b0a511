// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/os/unique_fd.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>

namespace docker_sandbox::support {

/// A terminal, and the side on which somebody sits. It was never told its size.
struct PseudoTerminal {
  os::UniqueFd master{::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)};
  os::UniqueFd terminal;

  PseudoTerminal() {
    ::grantpt(master.get());
    ::unlockpt(master.get());
    terminal.reset(::open(::ptsname(master.get()), O_RDWR | O_NOCTTY | O_CLOEXEC));
    EXPECT_TRUE(terminal);
  }

  void set_size(unsigned short rows, unsigned short columns) const {
    const winsize size{.ws_row = rows, .ws_col = columns, .ws_xpixel = 0, .ws_ypixel = 0};
    EXPECT_EQ(::ioctl(master.get(), TIOCSWINSZ, &size), 0);
  }

  bool is_raw() const {
    termios now{};
    EXPECT_EQ(::tcgetattr(terminal.get(), &now), 0);
    return (now.c_lflag & (ICANON | ECHO | ISIG)) == 0 && (now.c_iflag & (IXON | ICRNL)) == 0;
  }
};

}  // namespace docker_sandbox::support

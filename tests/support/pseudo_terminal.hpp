// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/os/unique_fd.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>

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

  /// The first so many bytes of what is shown, which comes piece by piece; fewer when nothing more comes for a minute.
  std::string shown(std::size_t size) const {
    constexpr int k_patience_ms = 60'000;
    std::string text;
    pollfd watched{master.get(), POLLIN, 0};
    while (text.size() < size && ::poll(&watched, 1, k_patience_ms) > 0) {
      std::array<char, 1000> some{};
      const ssize_t count = ::read(master.get(), some.data(), std::min(some.size(), size - text.size()));
      if (count <= 0) {
        break;
      }
      text.append(some.data(), static_cast<std::size_t>(count));
    }
    return text;
  }

  bool is_raw() const {
    termios now{};
    EXPECT_EQ(::tcgetattr(terminal.get(), &now), 0);
    return (now.c_lflag & (ICANON | ECHO | ISIG)) == 0 && (now.c_iflag & (IXON | ICRNL)) == 0;
  }
};

}  // namespace docker_sandbox::support

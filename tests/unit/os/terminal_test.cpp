// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/os/terminal.hpp"

#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/os/unique_fd.hpp"
#include "support/pseudo_terminal.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>

namespace docker_sandbox::os {
namespace {

using support::PseudoTerminal;

TEST(Terminal, ThatWasNeverToldItsSizeHasNone) {
  const PseudoTerminal pty;
  EXPECT_TRUE(is_terminal(pty.terminal.get()));
  EXPECT_EQ(window_size(pty.terminal.get()), std::nullopt);
  pty.set_size(33, 77);
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

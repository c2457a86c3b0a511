// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/os/terminal.hpp"

#include "docker_sandbox/base/error.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>

namespace docker_sandbox::os {

bool is_terminal(int fd) {
  return ::isatty(fd) == 1;
}

std::optional<WindowSize> window_size(int fd) {
  winsize size{};
  // A terminal that was never told its size says 0 x 0: better no size than that one.
  if (::ioctl(fd, TIOCGWINSZ, &size) != 0 || (size.ws_row == 0 && size.ws_col == 0)) {
    return std::nullopt;
  }
  return WindowSize{size.ws_row, size.ws_col};
}

RawMode::RawMode(int fd) : fd_(fd) {
  if (::tcgetattr(fd_, &before_) != 0) {
    throw base::system_error("cannot read the terminal's mode", errno);
  }
  raw_ = before_;
  ::cfmakeraw(&raw_);
  raw_.c_cc[VMIN] = 1;
  raw_.c_cc[VTIME] = 0;
  if (::tcsetattr(fd_, TCSANOW, &raw_) != 0) {
    throw base::system_error("cannot put the terminal into raw mode", errno);
  }
  active_ = true;
}

void RawMode::restore() {
  if (!active_) {
    return;
  }
  active_ = false;
  if (const pid_t foreground = ::tcgetpgrp(fd_); foreground > 0 && foreground != ::getpgrp()) {
    return;
  }
  // TCSANOW: what the user typed ahead belongs to the shell.
  ::tcsetattr(fd_, TCSANOW, &before_);
}

void RawMode::enter_again() {
  // In the background this stops the process until it is in the foreground, as for any program that wants the terminal.
  active_ = ::tcsetattr(fd_, TCSANOW, &raw_) == 0;
}

}  // namespace docker_sandbox::os

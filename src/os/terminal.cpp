// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/os/terminal.hpp"

#include "docker_sandbox/base/error.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>

namespace docker_sandbox::os {

bool is_terminal(int fd) { return ::isatty(fd) == 1; }

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
  termios raw = before_;
  ::cfmakeraw(&raw);
  raw.c_cc[VMIN] = 1;
  raw.c_cc[VTIME] = 0;
  if (::tcsetattr(fd_, TCSANOW, &raw) != 0) {
    throw base::system_error("cannot put the terminal into raw mode", errno);
  }
  active_ = true;
}

void RawMode::restore() {
  if (active_) {
    // TCSANOW: what the user typed ahead belongs to the shell.
    ::tcsetattr(fd_, TCSANOW, &before_);
    active_ = false;
  }
}

}  // namespace docker_sandbox::os

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <termios.h>

#include <optional>

namespace docker_sandbox::os {

bool is_terminal(int fd);

struct WindowSize {
  unsigned rows = 0;
  unsigned columns = 0;
  bool operator==(const WindowSize&) const = default;
};

/// Nothing when fd is no terminal or does not know its size.
std::optional<WindowSize> window_size(int fd);

/// A terminal in raw mode: each key goes through as it is typed. Restores the old mode when destroyed.
class RawMode {
 public:
  /// Throws Error{io} when the terminal does not take it.
  explicit RawMode(int fd);
  RawMode(const RawMode&) = delete;
  RawMode& operator=(const RawMode&) = delete;
  ~RawMode() { restore(); }

  /// The old mode again. A process in the background leaves the terminal to those who have it now.
  void restore();

  /// Raw once more: after a stop, in which the shell has set its own mode.
  void enter_again();

 private:
  int fd_;
  bool active_ = false;
  termios before_{};
  termios raw_{};
};

}  // namespace docker_sandbox::os

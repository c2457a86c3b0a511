// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/os/unique_fd.hpp"

#include <csignal>
#include <initializer_list>
#include <optional>

namespace docker_sandbox::os {

/// A signal that has come.
struct TakenSignal {
  int number = 0;
  /// The kernel sent it for a descriptor (F_SETSIG); no process and no terminal did.
  bool of_descriptor = false;
};

/// Signals as something to poll: while one lives, the given signals are blocked and read from a descriptor. Those that
/// the process was started with as ignored (nohup, a shell's background job) stay ignored.
class SignalWatch {
 public:
  /// Throws Error{io}.
  explicit SignalWatch(std::initializer_list<int> signals);
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;
  ~SignalWatch();

  /// Readable when a signal has come.
  int fd() const { return fd_.get(); }

  /// The next signal, the lowest number first; nothing when none is left.
  std::optional<TakenSignal> take();

 private:
  sigset_t before_{};
  UniqueFd fd_;
};

/// Stops this process as SIGTSTP does by default, and returns when it is continued.
void stop_by_terminal_signal();

}  // namespace docker_sandbox::os

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/os/unique_fd.hpp"

#include <csignal>
#include <initializer_list>

namespace docker_sandbox::os {

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

  /// The next signal, or 0 when none is left.
  int take();

 private:
  sigset_t before_{};
  UniqueFd fd_;
};

/// Stops this process as SIGTSTP does by default, and returns when it is continued.
void stop_by_terminal_signal();

}  // namespace docker_sandbox::os

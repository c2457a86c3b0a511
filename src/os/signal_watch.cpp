// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/os/signal_watch.hpp"

#include "docker_sandbox/base/error.hpp"

#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>

namespace docker_sandbox::os {
namespace {

bool is_ignored(int signal) {
  struct sigaction action {};
  ::sigaction(signal, nullptr, &action);
  return action.sa_handler == SIG_IGN;  // NOLINT(cppcoreguidelines-pro-type-union-access): POSIX's interface
}

}  // namespace

SignalWatch::SignalWatch(std::initializer_list<int> signals) {
  sigset_t watched;
  ::sigemptyset(&watched);
  for (const int signal : signals) {
    // A blocked signal is queued even where it is ignored: it must not be blocked to stay so.
    if (!is_ignored(signal)) {
      ::sigaddset(&watched, signal);
    }
  }
  fd_.reset(::signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!fd_) {
    throw base::system_error("cannot watch for signals", errno);
  }
  ::pthread_sigmask(SIG_BLOCK, &watched, &before_);
}

SignalWatch::~SignalWatch() {
  ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

std::optional<TakenSignal> SignalWatch::take() {
  signalfd_siginfo info{};
  if (::read(fd_.get(), &info, sizeof info) != sizeof info) {
    return std::nullopt;
  }
  // The kernel's own codes but SI_KERNEL, which a terminal's signals have, tell what is the matter with a descriptor.
  const bool of_descriptor = info.ssi_code == SI_SIGIO || (info.ssi_code > 0 && info.ssi_code != SI_KERNEL);
  return TakenSignal{.number = static_cast<int>(info.ssi_signo), .of_descriptor = of_descriptor};
}

void stop_by_terminal_signal() {
  struct sigaction standard {};
  standard.sa_handler = SIG_DFL;  // NOLINT(cppcoreguidelines-pro-type-union-access): POSIX's interface
  struct sigaction before {};
  ::sigaction(SIGTSTP, &standard, &before);
  sigset_t stop;
  ::sigemptyset(&stop);
  ::sigaddset(&stop, SIGTSTP);
  sigset_t mask_before;
  (void)::raise(SIGTSTP);
  // Here it stops, if it was blocked until now; in a process group without a shell the kernel drops the signal.
  ::pthread_sigmask(SIG_UNBLOCK, &stop, &mask_before);
  ::pthread_sigmask(SIG_SETMASK, &mask_before, nullptr);
  ::sigaction(SIGTSTP, &before, nullptr);
}

}  // namespace docker_sandbox::os

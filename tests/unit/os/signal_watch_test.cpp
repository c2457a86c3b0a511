// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/os/signal_watch.hpp"

#include "docker_sandbox/os/unix_socket.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>

namespace docker_sandbox::os {
namespace {

TEST(SignalWatch, GivesSignalsOut) {
  SignalWatch watch({SIGUSR1, SIGUSR2});
  EXPECT_EQ(watch.take(), 0);
  ::raise(SIGUSR1);
  EXPECT_TRUE(wait_readable(watch.fd(), std::chrono::steady_clock::now() + std::chrono::seconds(60)));
  EXPECT_EQ(watch.take(), SIGUSR1);
  EXPECT_EQ(watch.take(), 0);
}

TEST(SignalWatch, LeavesIgnoredSignalsIgnored) {
  ::signal(SIGUSR1, SIG_IGN);
  {
    SignalWatch watch({SIGUSR1});
    ::raise(SIGUSR1);
    EXPECT_EQ(watch.take(), 0);
  }
  ::signal(SIGUSR1, SIG_DFL);
}

TEST(SignalWatch, UnblocksWhenItEnds) {
  { const SignalWatch watch({SIGUSR1}); }
  sigset_t now;
  ::pthread_sigmask(SIG_SETMASK, nullptr, &now);
  EXPECT_EQ(::sigismember(&now, SIGUSR1), 0);
}

TEST(TerminalSignal, StopsTheProcessUntilItIsContinued) {
  const pid_t child = ::fork();
  if (child == 0) {
    // In a group of its own whose parent is in another group of the same session: not orphaned, so that it can be stopped.
    ::setpgid(0, 0);
    const SignalWatch watch({SIGTSTP, SIGCONT});
    stop_by_terminal_signal();
    ::_exit(7);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, WUNTRACED), child);
  ASSERT_TRUE(WIFSTOPPED(status));
  EXPECT_EQ(WSTOPSIG(status), SIGTSTP);
  ::kill(child, SIGCONT);
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 7);
}

}  // namespace
}  // namespace docker_sandbox::os

// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/os/signal_watch.hpp"

#include "docker_sandbox/os/unix_socket.hpp"
#include "support/waiting.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>

namespace docker_sandbox::os {
namespace {

TEST(SignalWatch, GivesSignalsOut) {
  SignalWatch watch({SIGUSR1, SIGUSR2});
  EXPECT_FALSE(watch.take());
  ::raise(SIGUSR1);
  EXPECT_TRUE(wait_readable(watch.fd(), support::deadline()));
  const auto taken = watch.take();
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->number, SIGUSR1);
  EXPECT_FALSE(taken->of_descriptor);
  EXPECT_FALSE(watch.take());
}

TEST(SignalWatch, TellsSignalsThatTheKernelSendsForADescriptor) {
  SignalWatch watch({SIGTERM});
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
  const UniqueFd here(ends[0]);
  UniqueFd there(ends[1]);
  ASSERT_EQ(::fcntl(here.get(), F_SETOWN, ::getpid()), 0);
  ASSERT_EQ(::fcntl(here.get(), F_SETSIG, SIGTERM), 0);
  ASSERT_EQ(::fcntl(here.get(), F_SETFL, ::fcntl(here.get(), F_GETFL) | O_ASYNC), 0);
  there.reset();
  EXPECT_TRUE(wait_readable(watch.fd(), support::deadline()));
  const auto taken = watch.take();
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->number, SIGTERM);
  EXPECT_TRUE(taken->of_descriptor);
}

TEST(SignalWatch, LeavesIgnoredSignalsIgnored) {
  ::signal(SIGUSR1, SIG_IGN);
  {
    SignalWatch watch({SIGUSR1});
    ::raise(SIGUSR1);
    EXPECT_FALSE(watch.take());
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

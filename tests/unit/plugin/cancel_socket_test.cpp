// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/plugin/cancel_socket.hpp"

#include "docker_sandbox/os/unique_fd.hpp"

#include <gtest/gtest.h>

#include <poll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <string>

namespace docker_sandbox::plugin {
namespace {

constexpr int k_deadline_milliseconds = 60'000;

/// The docker CLI's side: listens on an abstract address that the kernel chooses.
class Listener {
 public:
  Listener() : fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    // An address of the family alone asks for an unused abstract name.
    EXPECT_EQ(::bind(fd_.get(), reinterpret_cast<sockaddr*>(&address), sizeof(sa_family_t)), 0);
    EXPECT_EQ(::listen(fd_.get(), 1), 0);
    socklen_t length = sizeof address;
    EXPECT_EQ(::getsockname(fd_.get(), reinterpret_cast<sockaddr*>(&address), &length), 0);
    name_ = "@" + std::string(address.sun_path + 1, length - offsetof(sockaddr_un, sun_path) - 1);
  }

  const std::string& name() const { return name_; }
  os::UniqueFd accept() { return os::UniqueFd(::accept4(fd_.get(), nullptr, nullptr, SOCK_CLOEXEC)); }

 private:
  os::UniqueFd fd_;
  std::string name_;
};

/// SIGTERM as a descriptor, for the duration of a test.
class TermSignal {
 public:
  TermSignal() {
    ::sigemptyset(&set_);
    ::sigaddset(&set_, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &set_, nullptr);
    fd_.reset(::signalfd(-1, &set_, SFD_CLOEXEC));
  }
  ~TermSignal() { ::pthread_sigmask(SIG_UNBLOCK, &set_, nullptr); }

  bool came_within(int milliseconds) {
    pollfd watched{fd_.get(), POLLIN, 0};
    if (::poll(&watched, 1, milliseconds) != 1) {
      return false;
    }
    signalfd_siginfo info{};
    return ::read(fd_.get(), &info, sizeof info) == sizeof info;
  }

 private:
  sigset_t set_{};
  os::UniqueFd fd_;
};

TEST(CancelSocket, TurnsTheEndOfTheConnectionIntoATermination) {
  TermSignal signal;
  Listener docker;
  const docker_config::Environment environment{{"DOCKER_CLI_PLUGIN_SOCKET", docker.name()}};
  const CancelSocket cancel(environment);
  os::UniqueFd connection = docker.accept();
  ASSERT_TRUE(connection);
  EXPECT_FALSE(signal.came_within(0));
  connection.reset();
  EXPECT_TRUE(signal.came_within(k_deadline_milliseconds));
}

TEST(CancelSocket, WithoutTheVariableOrAListenerWatchesNothing) {
  TermSignal signal;
  const docker_config::Environment no_variable;
  const docker_config::Environment no_listener{{"DOCKER_CLI_PLUGIN_SOCKET", "@docker-sandbox-test-nobody-listens"}};
  const CancelSocket none(no_variable);
  const CancelSocket nobody(no_listener);
  EXPECT_FALSE(signal.came_within(0));
}

}  // namespace
}  // namespace docker_sandbox::plugin

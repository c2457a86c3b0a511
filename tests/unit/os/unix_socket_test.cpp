// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/os/unix_socket.hpp"
#include "docker_sandbox/os/unique_fd.hpp"

#include <gtest/gtest.h>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <functional>
#include <string>
#include <system_error>
#include <vector>

namespace docker_sandbox::os {
namespace {

using std::chrono::steady_clock;

TEST(WaitReadable, APeerThatNeverStopsWritingDoesNotOutlastADeadline) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
  const UniqueFd here(ends[0]);
  const UniqueFd there(ends[1]);
  send_all(there.get(), "more");
  EXPECT_TRUE(wait_readable(here.get(), steady_clock::now() + std::chrono::seconds(60)));
  EXPECT_FALSE(wait_readable(here.get(), steady_clock::now()));
}

TEST(UnixSocket, APathThatDoesNotFitIntoAnAddressIsRefused) {
  try {
    connect_unix("/" + std::string(200, 'x'));
    FAIL() << "it is connected";
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code().value(), ENAMETOOLONG);
  }
}

/// A listener at an abstract address with room for no connection that nobody has accepted.
UniqueFd listen_at(const std::string& name) {
  UniqueFd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::copy(name.begin(), name.end(), &address.sun_path[1]);
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  EXPECT_EQ(::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), size), 0);
  EXPECT_EQ(::listen(listener.get(), 0), 0);
  return listener;
}

int error_of(const std::function<void()>& act) {
  try {
    act();
    return 0;
  } catch (const std::system_error& error) {
    return error.code().value();
  }
}

TEST(UnixSocket, APeerThatAcceptsNothingIsNotWaitedForWithoutEnd) {
  const std::string name = "docker-sandbox-test-" + std::to_string(::getpid());
  const UniqueFd listener = listen_at(name);
  std::vector<UniqueFd> waiting;
  const auto connect = [&] { waiting.push_back(connect_unix("@" + name, std::chrono::milliseconds(50))); };
  int error = 0;
  for (int i = 0; i < 10 && error == 0; ++i) {
    error = error_of(connect);
  }
  EXPECT_EQ(error, ETIMEDOUT);
}

TEST(UnixSocket, APeerThatReadsNothingIsNotWaitedForWithoutEnd) {
  const std::string name = "docker-sandbox-test-" + std::to_string(::getpid());
  const UniqueFd listener = listen_at(name);
  const UniqueFd socket = connect_unix("@" + name, std::chrono::milliseconds(50));
  EXPECT_EQ(error_of([&] { send_all(socket.get(), std::string(64U * 1024 * 1024, 'x')); }), ETIMEDOUT);
}

}  // namespace
}  // namespace docker_sandbox::os

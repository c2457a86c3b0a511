// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/os/unix_socket.hpp"
#include "docker_sandbox/os/unique_fd.hpp"
#include "support/errors.hpp"
#include "support/listener.hpp"
#include "support/private_directory.hpp"
#include "support/waiting.hpp"

#include <gtest/gtest.h>

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <string>
#include <vector>

namespace docker_sandbox::os {
namespace {

using std::chrono::steady_clock;
using support::errno_of;

TEST(WaitReadable, APeerThatNeverStopsWritingDoesNotOutlastADeadline) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
  const UniqueFd here(ends[0]);
  const UniqueFd there(ends[1]);
  send_all(there.get(), "more");
  EXPECT_TRUE(wait_readable(here.get(), support::deadline()));
  EXPECT_FALSE(wait_readable(here.get(), steady_clock::now()));
}

TEST(UnixSocket, APathThatDoesNotFitIntoAnAddressIsRefused) {
  EXPECT_EQ(errno_of([] { connect_unix("/" + std::string(200, 'x')); }), ENAMETOOLONG);
}

TEST(UnixSocket, APeerThatAcceptsNothingIsNotWaitedForWithoutEnd) {
  const support::PrivateDirectory directory;
  const std::string path = directory.path() + "/socket";
  const UniqueFd listener = support::listen_at(path, 0);
  std::vector<UniqueFd> waiting;
  const auto connect = [&] { waiting.push_back(connect_unix(path, std::chrono::milliseconds(50))); };
  int error = 0;
  for (int i = 0; i < 10 && error == 0; ++i) {
    error = errno_of(connect);
  }
  EXPECT_EQ(error, ETIMEDOUT);
}

TEST(UnixSocket, APeerThatReadsNothingIsNotWaitedForWithoutEnd) {
  const support::PrivateDirectory directory;
  const std::string path = directory.path() + "/socket";
  const UniqueFd listener = support::listen_at(path, 0);
  const UniqueFd socket = connect_unix(path, std::chrono::milliseconds(50));
  EXPECT_EQ(errno_of([&] { send_all(socket.get(), std::string(64U * 1024 * 1024, 'x')); }), ETIMEDOUT);
}

}  // namespace
}  // namespace docker_sandbox::os

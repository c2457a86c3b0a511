// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/os/unix_socket.hpp"
#include "docker_sandbox/os/unique_fd.hpp"

#include <gtest/gtest.h>

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <string>
#include <system_error>

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

}  // namespace
}  // namespace docker_sandbox::os

// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/os/socket_relay.hpp"
#include "docker_sandbox/os/unix_socket.hpp"
#include "support/listener.hpp"
#include "support/private_directory.hpp"
#include "support/waiting.hpp"

#include <gtest/gtest.h>

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>

namespace docker_sandbox::os {
namespace {

std::string receive(int socket) {
  std::array<char, 64> buffer{};
  EXPECT_TRUE(wait_readable(socket, support::deadline()));
  const ssize_t count = ::recv(socket, buffer.data(), buffer.size(), 0);
  return {buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(0, count))};
}

bool is_at_end(const UniqueFd& socket) {
  char byte = 0;
  return ::recv(socket.get(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

class Relay : public testing::Test {
 protected:
  std::string path(const std::string& name) const { return directory_.path() + "/" + name; }
  void begin() { relay_ = std::make_unique<SocketRelay>(directory_.path(), "near", path("far"), ::geteuid()); }

  support::PrivateDirectory directory_;
  std::unique_ptr<SocketRelay> relay_;
};

TEST_F(Relay, CarriesBytesBothWaysForItsOwnerAlone) {
  const UniqueFd far = support::listen_at(path("far"), 1000);
  begin();
  struct stat status {};
  ASSERT_EQ(::stat(path("near").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  const UniqueFd client = connect_unix(path("near"));
  send_all(client.get(), "ask");
  const UniqueFd served(::accept(far.get(), nullptr, nullptr));
  EXPECT_EQ(receive(served.get()), "ask");
  send_all(served.get(), "answer");
  EXPECT_EQ(receive(client.get()), "answer");
}

TEST_F(Relay, EndsTheConnectionWhereNothingIsBehindIt) {
  begin();
  EXPECT_EQ(receive(connect_unix(path("near")).get()), "");
}

TEST_F(Relay, TakesItsSocketAlong) {
  begin();
  relay_.reset();
  EXPECT_NE(::access(path("near").c_str(), F_OK), 0);
}

TEST_F(Relay, EndsConnectionsBeyondThoseThatProgramsHaveAtOnce) {
  const UniqueFd far = support::listen_at(path("far"), 1000);
  begin();
  std::vector<UniqueFd> clients;
  for (int i = 0; i < 200; ++i) {
    clients.push_back(connect_unix(path("near")));
  }
  // The last one is past those that are served: when it has been ended, all have been accepted.
  EXPECT_EQ(receive(clients.back().get()), "");
  const auto ended = static_cast<std::size_t>(std::count_if(clients.begin(), clients.end(), is_at_end));
  EXPECT_GE(ended, 100U);
  EXPECT_LT(ended, 200U);
}

}  // namespace
}  // namespace docker_sandbox::os

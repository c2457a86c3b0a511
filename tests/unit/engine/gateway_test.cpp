// SPDX-License-Identifier: Apache-2.0
#include "gateway.hpp"

#include "docker_sandbox/os/unix_socket.hpp"
#include "ssh_dial.hpp"
#include "support/private_directory.hpp"
#include "support/scoped_variable.hpp"
#include "support/waiting.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/socket.h>

#include <array>
#include <filesystem>

namespace docker_sandbox::engine {
namespace {

using support::deadline;
using testing::ElementsAre;

/// All that comes until the end.
std::string read_all(int socket) {
  std::string text;
  std::array<char, 1024> buffer{};
  ssize_t count = 0;
  while ((count = ::recv(socket, buffer.data(), buffer.size(), 0)) > 0) {
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return text;
}

TEST(Gateway, EachConnectionIsServedAndHalfCloseGoesThrough) {
  Gateway gateway([](const os::UniqueFd& client, int) {
    os::send_all(client.get(), "<" + read_all(client.get()) + ">");
    return std::string();
  });
  const os::UniqueFd first = os::connect_unix(gateway.socket_path());
  const os::UniqueFd second = os::connect_unix(gateway.socket_path());
  os::send_all(second.get(), "two");
  ::shutdown(second.get(), SHUT_WR);
  EXPECT_EQ(read_all(second.get()), "<two>");
  os::send_all(first.get(), "one");
  ::shutdown(first.get(), SHUT_WR);
  EXPECT_EQ(read_all(first.get()), "<one>");
  EXPECT_EQ(gateway.fault(deadline()), "");
}

TEST(Gateway, HasNoNameThatAKilledProcessCouldLeave) {
  const support::PrivateDirectory directory;
  const support::ScopedVariable variable("TMPDIR", directory.path());
  const Gateway gateway([](const os::UniqueFd&, int) { return std::string(); });
  EXPECT_TRUE(std::filesystem::is_empty(directory.path()));
}

TEST(Gateway, TellsWhatWentWrong) {
  Gateway gateway([](const os::UniqueFd&, int) { return std::string("no way"); });
  const os::UniqueFd client = os::connect_unix(gateway.socket_path());
  EXPECT_EQ(read_all(client.get()), "");
  EXPECT_EQ(gateway.fault(deadline()), "no way");
}

TEST(Gateway, EndsConnectionsWhenItGoes) {
  os::UniqueFd client;
  bool was_told = false;
  {
    const Gateway gateway([&](const os::UniqueFd& served, int stop) {
      os::send_all(served.get(), "x");
      was_told = os::wait_readable(stop, deadline());
      return std::string();
    });
    client = os::connect_unix(gateway.socket_path());
    char byte = 0;
    ASSERT_EQ(::recv(client.get(), &byte, 1, 0), 1) << "it is served";
  }
  EXPECT_TRUE(was_told);
  EXPECT_EQ(read_all(client.get()), "");
}

TEST(SshCommand, IsTheDockerClis) {
  docker_config::Endpoint endpoint;
  endpoint.scheme = docker_config::Scheme::ssh;
  endpoint.address = "host";
  EXPECT_THAT(ssh_command(endpoint),
              ElementsAre("ssh", "-o ConnectTimeout=30", "-T", "--", "host", "docker", "system", "dial-stdio"));
  endpoint.user = "me";
  endpoint.port = 2222;
  endpoint.base_path = "/run/it's.sock";
  EXPECT_THAT(ssh_command(endpoint),
              ElementsAre("ssh", "-o ConnectTimeout=30", "-T", "-l", "me", "-p", "2222", "--", "host", "docker",
                          R"('--host=unix:///run/it'\''s.sock')", "system", "dial-stdio"));
}

}  // namespace
}  // namespace docker_sandbox::engine

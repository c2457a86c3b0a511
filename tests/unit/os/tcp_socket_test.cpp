// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/os/tcp_socket.hpp"
#include "docker_sandbox/os/unix_socket.hpp"
#include "support/errors.hpp"
#include "support/waiting.hpp"

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>

namespace docker_sandbox::os {
namespace {

using support::deadline;

/// A port of the loopback interface that is this test's, listened at or not.
class OwnPort {
 public:
  OwnPort() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
    number_ = ntohs(address.sin_port);
  }

  void listen() const { EXPECT_EQ(::listen(socket_.get(), 1), 0); }
  UniqueFd accept() const { return UniqueFd(::accept(socket_.get(), nullptr, nullptr)); }
  int number() const { return number_; }

 private:
  UniqueFd socket_;
  int number_ = 0;
};

TEST(TcpSocket, IsConnectedAndBlocks) {
  const OwnPort port;
  port.listen();
  const UniqueFd ours = connect_tcp("127.0.0.1", port.number(), deadline());
  const UniqueFd theirs = port.accept();
  send_all(ours.get(), "hello");
  char first = 0;
  EXPECT_EQ(::recv(theirs.get(), &first, 1, 0), 1);
  EXPECT_EQ(first, 'h');
  EXPECT_EQ(::fcntl(ours.get(), F_GETFL) & O_NONBLOCK, 0);
}

TEST(TcpSocket, OfAPortWhereNobodyListensIsRefused) {
  const OwnPort port;
  EXPECT_EQ(support::errno_of([&] { connect_tcp("127.0.0.1", port.number(), deadline()); }), ECONNREFUSED);
}

}  // namespace
}  // namespace docker_sandbox::os

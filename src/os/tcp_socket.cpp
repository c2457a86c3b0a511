// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/os/tcp_socket.hpp"

#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/os/name_service.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <system_error>

namespace docker_sandbox::os {
namespace {

using std::chrono::steady_clock;
using Addresses = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

constexpr int k_keep_alive_seconds = 30;  ///< as the docker CLI has it

Addresses resolve(const std::string& host, int port) {
  addrinfo wanted{};
  wanted.ai_family = AF_UNSPEC;
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  use_own_name_service();
  const int failure = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &wanted, &found);
  if (failure != 0) {
    throw base::Error(base::ErrorKind::io, "cannot look up " + host + ": " + ::gai_strerror(failure));
  }
  return {found, &::freeaddrinfo};
}

/// 0, or the errno of the attempt.
int wait_connected(int socket, steady_clock::time_point deadline) {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - steady_clock::now()).count();
    pollfd watched{socket, POLLOUT, 0};
    const int ready = ::poll(&watched, 1, static_cast<int>(std::max<long>(0, left)));
    if (ready == 0) {
      return ETIMEDOUT;
    }
    if (ready < 0 && errno != EINTR) {
      return errno;
    }
    if (ready > 0) {
      int failure = 0;
      socklen_t size = sizeof failure;
      ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &failure, &size);
      return failure;
    }
  }
}

void set_options(int socket) {
  const auto set = [socket](int level, int option, int value) {
    ::setsockopt(socket, level, option, &value, sizeof value);
  };
  set(IPPROTO_TCP, TCP_NODELAY, 1);
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
  set(IPPROTO_TCP, TCP_KEEPIDLE, k_keep_alive_seconds);
  set(IPPROTO_TCP, TCP_KEEPINTVL, k_keep_alive_seconds);
}

}  // namespace

UniqueFd connect_tcp(const std::string& host, int port, steady_clock::time_point deadline) {
  const Addresses addresses = resolve(host, port);
  int failure = EHOSTUNREACH;
  for (const addrinfo* address = addresses.get(); address != nullptr; address = address->ai_next) {
    UniqueFd socket(::socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket) {
      failure = errno;
      continue;
    }
    failure = ::connect(socket.get(), address->ai_addr, address->ai_addrlen) == 0 ? 0 : errno;
    if (failure == EINPROGRESS || failure == EINTR) {
      failure = wait_connected(socket.get(), deadline);
    }
    if (failure == 0) {
      ::fcntl(socket.get(), F_SETFL, ::fcntl(socket.get(), F_GETFL) & ~O_NONBLOCK);
      set_options(socket.get());
      return socket;
    }
  }
  throw std::system_error(failure, std::generic_category());
}

}  // namespace docker_sandbox::os

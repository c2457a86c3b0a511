// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/os/unique_fd.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <stdexcept>
#include <string>

namespace docker_sandbox::support {

/// A unix socket at that path, with room for so many connections that nobody has accepted yet.
inline os::UniqueFd listen_at(const std::string& path, int backlog) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    throw std::runtime_error("the socket's path is too long: " + path);
  }
  std::copy(path.begin(), path.end(), &address.sun_path[0]);
  os::UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket || ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(socket.get(), backlog) != 0) {
    throw std::runtime_error("cannot listen at " + path);
  }
  return socket;
}

}  // namespace docker_sandbox::support

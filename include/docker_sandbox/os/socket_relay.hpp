// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/os/unique_fd.hpp"

#include <sys/types.h>

#include <string>

namespace docker_sandbox::os {

/// A unix socket in a directory behind which another one is reached: who connects to it talks to the one at `target`. A
/// child process does it, for as long as this object, or at the longest this process, lives; then the socket is
/// removed, also when this process was killed. Connections beyond some dozens at once are ended.
class SocketRelay {
 public:
  /// The socket's owner is `owner`, and nobody else may connect. Throws Error{io}.
  SocketRelay(const std::string& directory, const std::string& name, const std::string& target, uid_t owner);
  SocketRelay(const SocketRelay&) = delete;
  SocketRelay& operator=(const SocketRelay&) = delete;
  ~SocketRelay();

 private:
  UniqueFd alive_;  ///< the child ends when this is closed
  pid_t child_ = 0;
};

}  // namespace docker_sandbox::os

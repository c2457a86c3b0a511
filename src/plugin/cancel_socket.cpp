// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/plugin/cancel_socket.hpp"

#include "docker_sandbox/base/log.hpp"
#include "docker_sandbox/os/unix_socket.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <csignal>
#include <system_error>

namespace docker_sandbox::plugin {

CancelSocket::CancelSocket(const docker_config::Environment& environment) {
  const auto variable = environment.find("DOCKER_CLI_PLUGIN_SOCKET");
  if (variable == environment.end() || variable->second.empty()) {
    return;
  }
  try {
    // It is the CLI that waits for us: no patience, which would cost each start a system call.
    socket_ = os::connect_unix(variable->second, std::chrono::milliseconds::zero());
  } catch (const std::system_error& error) {
    base::debug("cannot connect to the docker CLI's socket {}: {}", variable->second, error.what());
    return;
  }
  // The kernel sends the signal when the connection ends: no thread, and no loop that would have to watch one descriptor
  // more. SIGTERM is what the rest of the program knows how to obey.
  if (::fcntl(socket_.get(), F_SETOWN, ::getpid()) != 0 || ::fcntl(socket_.get(), F_SETSIG, SIGTERM) != 0 ||
      ::fcntl(socket_.get(), F_SETFL, ::fcntl(socket_.get(), F_GETFL) | O_ASYNC) != 0) {
    socket_.reset();
    return;
  }
  // It may have ended before the kernel was asked to tell.
  pollfd watched{socket_.get(), POLLIN, 0};
  if (::poll(&watched, 1, 0) > 0) {
    ::raise(SIGTERM);  // NOLINT(cert-err33-c): cannot fail for a valid signal
  }
}

}  // namespace docker_sandbox::plugin

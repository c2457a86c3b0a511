// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/cli/io.hpp"

#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/base/text.hpp"
#include "docker_sandbox/os/terminal.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace docker_sandbox::cli {
namespace {

/// Writes all, waiting where the descriptor does not block. The error number, or 0.
int write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(fd, bytes.data(), bytes.size());
    if (count >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno == EAGAIN) {
      pollfd watched{fd, POLLOUT, 0};
      ::poll(&watched, 1, -1);
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

}  // namespace

Io::Io(int in, int out, int err, bool no_color)
    : in_(in),
      out_(out),
      err_(err),
      in_is_terminal_(os::is_terminal(in)),
      out_is_terminal_(os::is_terminal(out)),
      err_is_terminal_(os::is_terminal(err)),
      no_color_(no_color) {}

void Io::write_out(std::string_view text) const {
  const int failure = write_all(out_, text);
  if (failure == EPIPE) {
    // The engine's transport has the signal ignored.
    ::signal(SIGPIPE, SIG_DFL);  // NOLINT(cert-err33-c): cannot fail for a valid signal
    ::raise(SIGPIPE);            // NOLINT(cert-err33-c)
  }
  if (failure != 0) {
    throw base::system_error("cannot write to the standard output", failure);
  }
}

void Io::write_err(std::string_view text) const {
  write_all(err_, text);
}

void Io::message(std::string_view line) const {
  write_err(base::printable(line) + "\n");
}

}  // namespace docker_sandbox::cli

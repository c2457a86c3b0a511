// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/os/last_will.hpp"

#include "docker_sandbox/base/error.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

namespace docker_sandbox::os {
namespace {

/// No text that is written down holds it.
constexpr char k_revoked = '\0';
constexpr int k_kept_fd = 3;

void close_from(int first) {
  if (::syscall(SYS_close_range, static_cast<unsigned>(first), ~0U, 0U) == 0) {
    return;
  }
  const long limit = ::sysconf(_SC_OPEN_MAX);  // a kernel before 5.9
  for (int fd = first; fd < limit; ++fd) {
    ::close(fd);
  }
}

/// Keeps the pipe and nothing else of what the parent had open: a pipe that stayed open here would never end for its
/// reader.
void part_from_parent(int pipe) {
  ::setsid();
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGTSTP, SIGTTIN, SIGTTOU}) {
    ::signal(signal, SIG_IGN);  // NOLINT(cert-err33-c): cannot fail for a valid signal
  }
  ::dup2(pipe, k_kept_fd);
  close_from(k_kept_fd + 1);
  const int nothing = ::open("/dev/null", O_RDWR);
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    ::dup2(nothing, fd);
  }
  if (nothing > k_kept_fd) {
    ::close(nothing);
  }
}

[[noreturn]] void live_as_child(int pipe, const std::function<void(const std::string&)>& act) {
  part_from_parent(pipe);
  std::string testament;
  for (;;) {
    std::array<char, 256> buffer{};
    const ssize_t count = ::read(k_kept_fd, buffer.data(), buffer.size());
    if (count > 0) {
      testament.append(buffer.data(), static_cast<std::size_t>(count));
    } else if (count == 0 || errno != EINTR) {
      break;
    }
  }
  if (!testament.empty() && testament.find(k_revoked) == std::string::npos) {
    try {
      act(testament);
    } catch (...) {  // NOLINT(bugprone-empty-catch): nobody is left to be told
    }
  }
  ::_exit(0);
}

}  // namespace

LastWill::LastWill(const std::function<void(const std::string&)>& act) {
  std::array<int, 2> ends{};
  // A socket, because a write to it can do without SIGPIPE.
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    throw base::system_error("cannot make a pair of sockets", errno);
  }
  pipe_.reset(ends[0]);
  const UniqueFd child_end(ends[1]);
  child_ = ::fork();
  if (child_ < 0) {
    throw base::system_error("cannot start a process", errno);
  }
  if (child_ == 0) {
    pipe_.reset();
    live_as_child(child_end.get(), act);
  }
}

void LastWill::write_down(std::string_view text) {
  if (pipe_) {
    ::send(pipe_.get(), text.data(), text.size(), MSG_NOSIGNAL);
  }
}

void LastWill::revoke() {
  if (!pipe_) {
    return;
  }
  write_down(std::string_view(&k_revoked, 1));
  pipe_.reset();
  while (::waitpid(child_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace docker_sandbox::os

// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/os/socket_relay.hpp"

#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/os/unix_socket.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <system_error>
#include <thread>

namespace docker_sandbox::os {
namespace {

constexpr int k_backlog = 16;
/// More than programs that sign something have at once. Who connects is not trusted, and each connection is a thread here.
constexpr int k_most_connections = 64;

/// A path by a directory's descriptor: a socket's address has room for 107 bytes only.
std::string by_descriptor(int directory, const std::string& name) {
  return "/proc/self/fd/" + std::to_string(directory) + "/" + name;
}

UniqueFd listen_in(int directory, const std::string& name, uid_t owner) {
  UniqueFd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = by_descriptor(directory, name);
  if (!listener || path.size() >= sizeof address.sun_path) {
    throw base::system_error("cannot make a socket", errno);
  }
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  ::unlinkat(directory, name.c_str(), 0);  // of a process that had this one's number and died with its child
  const mode_t before = ::umask(0177);
  const int bound = ::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
  const int failure = errno;
  ::umask(before);
  if (bound != 0) {
    throw base::system_error("cannot make a socket", failure);
  }
  if ((owner != ::geteuid() && ::fchownat(directory, name.c_str(), owner, static_cast<gid_t>(-1), 0) != 0) ||
      ::listen(listener.get(), k_backlog) != 0) {
    const int late_failure = errno;
    ::unlinkat(directory, name.c_str(), 0);
    throw base::system_error("cannot make a socket", late_failure);
  }
  return listener;
}

/// Both directions of one connection, until either side ends.
void relay(UniqueFd near, const std::string& target) {
  try {
    const UniqueFd far = connect_unix(target);
    const std::array<int, 2> ends{near.get(), far.get()};
    std::array<char, 16384> buffer{};
    for (;;) {
      std::array<pollfd, 2> watched{{{ends[0], POLLIN, 0}, {ends[1], POLLIN, 0}}};
      if (::poll(watched.data(), watched.size(), -1) < 0) {
        return;
      }
      for (std::size_t i = 0; i < ends.size(); ++i) {
        if (watched[i].revents == 0) {
          continue;
        }
        const ssize_t count = ::recv(ends[i], buffer.data(), buffer.size(), 0);
        if (count <= 0) {
          return;
        }
        send_all(ends[1 - i], {buffer.data(), static_cast<std::size_t>(count)});
      }
    }
  } catch (const std::system_error&) {
    // The target is not there, or has gone: to the one who connected that is the end of the connection.
  }
}

/// Only this process's own descriptors stay, so that nobody waits for the end of a stream that it holds open.
void keep_only(int listener, int alive, int directory) {
  const int null = ::open("/dev/null", O_RDWR);
  for (int fd = 0; fd <= STDERR_FILENO; ++fd) {
    ::dup2(null, fd);
  }
  const long limit = ::sysconf(_SC_OPEN_MAX);
  for (int fd = STDERR_FILENO + 1; fd < limit && fd < 4096; ++fd) {
    if (fd != listener && fd != alive && fd != directory) {
      ::close(fd);
    }
  }
}

[[noreturn]] void serve(int listener, int alive, int directory, const std::string& name, const std::string& target) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE}) {
    (void)::signal(signal, SIG_IGN);  // the end of the parent is what counts, whatever reaches its group
  }
  keep_only(listener, alive, directory);
  std::atomic<int> connections{0};
  const auto begin = [&](UniqueFd near) {
    ++connections;
    try {
      std::thread([&target, &connections, near = std::move(near)]() mutable {
        relay(std::move(near), target);
        --connections;
      }).detach();
    } catch (const std::system_error&) {
      --connections;  // no thread was to be had
    }
  };
  for (;;) {
    std::array<pollfd, 2> watched{{{listener, POLLIN, 0}, {alive, POLLIN, 0}}};
    if (::poll(watched.data(), watched.size(), -1) < 0 && errno != EINTR) {
      break;
    }
    if (watched[1].revents != 0) {
      break;
    }
    if ((watched[0].revents & POLLIN) != 0) {
      UniqueFd near(::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC));
      if (near && connections < k_most_connections) {
        begin(std::move(near));
      }
    }
  }
  ::unlinkat(directory, name.c_str(), 0);
  ::_exit(0);
}

}  // namespace

SocketRelay::SocketRelay(const std::string& directory, const std::string& name, const std::string& target,
                         uid_t owner) {
  const UniqueFd place(::open(directory.c_str(), O_DIRECTORY | O_RDONLY | O_CLOEXEC));
  if (!place) {
    throw base::system_error("cannot open " + directory, errno);
  }
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw base::system_error("cannot make a pipe", errno);
  }
  const UniqueFd childs_end(ends[0]);
  alive_.reset(ends[1]);
  const UniqueFd listener = listen_in(place.get(), name, owner);
  child_ = ::fork();
  if (child_ < 0) {
    const int failure = errno;
    ::unlinkat(place.get(), name.c_str(), 0);
    throw base::system_error("cannot start a process", failure);
  }
  if (child_ == 0) {
    serve(listener.get(), childs_end.get(), place.get(), name, target);
  }
}

SocketRelay::~SocketRelay() {
  alive_.reset();
  while (::waitpid(child_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace docker_sandbox::os

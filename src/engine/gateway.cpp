// SPDX-License-Identifier: Apache-2.0
#include "gateway.hpp"

#include "docker_sandbox/base/error.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>

namespace docker_sandbox::engine {
namespace {

constexpr const char* k_directory_pattern = "/docker-sandbox-XXXXXX";
constexpr const char* k_socket_name = "/engine.sock";
constexpr int k_backlog = 16;

/// Threads that are started while it lives take no signals: those are the main thread's.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;
  ~SignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_{};
};

/// A directory that only this user can enter. $TMPDIR is for it, unless a socket's name would get too long there.
std::string make_private_directory() {
  constexpr std::size_t k_longest = sizeof(sockaddr_un::sun_path) - 64;
  const char* preferred = std::getenv("TMPDIR");  // NOLINT(concurrency-mt-unsafe): before any thread is started
  for (std::string base : {std::string(preferred == nullptr ? "" : preferred), std::string("/tmp")}) {
    if (base.empty() || base.front() != '/' || base.size() > k_longest) {
      continue;
    }
    base += k_directory_pattern;
    if (::mkdtemp(base.data()) != nullptr) {
      return base;
    }
  }
  throw base::system_error("cannot make a private directory for the connection to the engine", errno);
}

os::UniqueFd listen_at(const std::string& path) {
  os::UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::copy(path.begin(), path.end(), &address.sun_path[0]);
  if (!socket || ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(socket.get(), k_backlog) != 0) {
    throw base::system_error("cannot listen at " + path, errno);
  }
  return socket;
}

/// What the socket is bound to; nobody needs it afterwards.
class Names {
 public:
  Names() : directory_(make_private_directory()), socket_(directory_ + k_socket_name) {}
  Names(const Names&) = delete;
  Names& operator=(const Names&) = delete;
  ~Names() {
    ::unlink(socket_.c_str());
    ::rmdir(directory_.c_str());
  }

  const std::string& socket() const { return socket_; }

 private:
  std::string directory_;
  std::string socket_;
};

}  // namespace

Gateway::Gateway(Serve serve) : serve_(std::move(serve)) {
  {
    const Names names;
    listener_ = listen_at(names.socket());
    place_.reset(::open(names.socket().c_str(), O_PATH | O_CLOEXEC));
    if (!place_) {
      throw base::system_error("cannot open " + names.socket(), errno);
    }
  }
  socket_path_ = "/proc/self/fd/" + std::to_string(place_.get());
  stop_.reset(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!stop_) {
    throw base::system_error("cannot make an event descriptor", errno);
  }
  const SignalsBlocked blocked;
  acceptor_ = std::thread([this] { accept_all(); });
}

Gateway::~Gateway() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(stop_.get(), &one, sizeof one);  // an event descriptor takes it
  acceptor_.join();
  for (Connection& connection : connections_) {
    connection.thread.join();
  }
}

void Gateway::accept_all() {
  for (;;) {
    std::array<pollfd, 2> watched{{{listener_.get(), POLLIN, 0}, {stop_.get(), POLLIN, 0}}};
    if (::poll(watched.data(), watched.size(), -1) < 0 && errno != EINTR) {
      return;
    }
    if (watched[1].revents != 0) {
      return;
    }
    if ((watched[0].revents & POLLIN) != 0) {
      os::UniqueFd client(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      if (client) {
        begin(std::move(client));
      }
    }
  }
}

void Gateway::begin(os::UniqueFd client) {
  remove_ended();
  const std::lock_guard lock(mutex_);
  Connection& connection = connections_.emplace_back();
  // The signal mask is the acceptor's, which takes none.
  connection.thread = std::thread([this, &connection, fd = client.release()] {
    std::string fault;
    try {
      fault = serve_(os::UniqueFd(fd), stop_.get());
    } catch (const std::exception& error) {
      fault = error.what();
    }
    const std::lock_guard end(mutex_);
    connection.ended = true;
    if (!fault.empty()) {
      fault_ = std::move(fault);
    }
    changed_.notify_all();
  });
}

void Gateway::remove_ended() {
  std::list<Connection> ended;
  {
    const std::lock_guard lock(mutex_);
    for (auto connection = connections_.begin(); connection != connections_.end();) {
      const auto following = std::next(connection);
      if (connection->ended) {
        ended.splice(ended.end(), connections_, connection);
      }
      connection = following;
    }
  }
  for (Connection& connection : ended) {
    connection.thread.join();
  }
}

std::string Gateway::fault(std::chrono::steady_clock::time_point deadline) {
  std::unique_lock lock(mutex_);
  changed_.wait_until(lock, deadline, [this] {
    return !fault_.empty() ||
           std::all_of(connections_.begin(), connections_.end(), [](const Connection& c) { return c.ended; });
  });
  return fault_;
}

}  // namespace docker_sandbox::engine

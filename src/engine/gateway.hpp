// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/os/unique_fd.hpp"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <thread>

namespace docker_sandbox::engine {

/// A unix socket of this process alone, behind which an engine is that speaks no plain HTTP: over TLS, or through ssh.
/// Whoever connects here gets a connection of its own there, so that the HTTP client and sessions need to know nothing but
/// unix sockets, half close included. The socket has a name for a moment only, so that a process that is killed leaves none.
class Gateway {
 public:
  /// Serves one connection to its end, on a thread of its own that takes no signals. `stop` becomes readable when it
  /// shall end at once. Returns what went wrong on the way to the engine, one sentence, or "".
  using Serve = std::function<std::string(os::UniqueFd client, int stop)>;

  /// Throws Error{io} when there is no place for the socket.
  explicit Gateway(Serve serve);
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;
  /// Ends all connections and waits for them.
  ~Gateway();

  /// Leads there in this process only, and not in a child of it.
  const std::string& socket_path() const { return socket_path_; }

  /// What went wrong, as soon as a connection has told or all have ended; "" when nothing did until the deadline. To be
  /// asked when an answer did not come.
  std::string fault(std::chrono::steady_clock::time_point deadline);

 private:
  struct Connection {
    std::thread thread;
    bool ended = false;
  };

  void accept_all();
  void begin(os::UniqueFd client);
  void remove_ended();

  Serve serve_;
  std::string socket_path_;
  os::UniqueFd listener_;
  os::UniqueFd place_;  ///< the socket as a place in the file system
  os::UniqueFd stop_;
  std::mutex mutex_;  ///< of what follows
  std::condition_variable changed_;
  std::list<Connection> connections_;
  std::string fault_;
  std::thread acceptor_;
};

}  // namespace docker_sandbox::engine

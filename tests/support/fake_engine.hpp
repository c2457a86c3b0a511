// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/docker_config/endpoint.hpp"
#include "support/fake_process.hpp"
#include "support/fake_world.hpp"
#include "support/private_directory.hpp"

#include <chrono>
#include <list>
#include <thread>

namespace docker_sandbox::support {

/// A request by method and path; the path has neither version nor query, and "*" stands for one segment. "*" alone, as
/// method or as path, is any.
struct Call {
  std::string method = "*";
  std::string path = "*";

  bool matches(const Request& request) const;
};

/// Holds something back until it is opened. Opened by itself when the engine ends.
class Gate {
 public:
  void open();
  void wait();

 private:
  std::mutex mutex_;
  std::condition_variable opened_;
  bool open_ = false;
};

/// What goes wrong with a call.
struct Fault {
  enum class Effect {
    none,  ///< the engine does not do what it was asked
    done,  ///< it does it, whatever becomes of the answer
  };
  struct Refusal {
    int status = 500;
    std::string message = "the engine has a bad day";
  };

  Call call;
  std::size_t nth = 1;  ///< of the calls that match, counted from the fault's addition; 0: each of them
  Effect effect = Effect::done;
  std::function<void()> before;  ///< runs before the effect, without any lock
  std::function<void()> after;   ///< runs after the effect, before the answer
  std::shared_ptr<Gate> hold_before = nullptr;
  std::shared_ptr<Gate> hold_after = nullptr;
  std::optional<Refusal> refusal;   ///< in place of the answer
  std::optional<std::string> raw;   ///< these bytes and the connection's end in place of the answer
  std::optional<std::string> body;  ///< in place of the answer's body
  /// Writes whatever it likes in place of that answer, and the connection's end. `honest` has no body where one would be
  /// streamed.
  std::function<void(HttpConnection& connection, const Response& honest)> write;
  std::optional<std::size_t> break_after;  ///< the answer's bytes that still go out
  Break break_how = Break::close;
  bool trickle = false;
};

/// An Engine API on a unix socket in a private directory: a container store, programs that run in containers as
/// functions, and faults on demand. Requests run in threads of their own; all of them are joined by the destructor, which
/// never waits for a client. Every method may be called from any thread.
class FakeEngine {
 public:
  explicit FakeEngine(FakeSettings settings = {});
  FakeEngine(const FakeEngine&) = delete;
  FakeEngine& operator=(const FakeEngine&) = delete;
  ~FakeEngine();

  docker_config::Endpoint endpoint() const;
  const std::string& socket_path() const { return socket_path_; }
  const PrivateDirectory& directory() const { return directory_; }

  /// Makes an image known; gives its ID.
  std::string add_image(const std::string& reference, FakeImage image = {});
  /// Makes it known to the registry only: a pull brings it. `broken`: the pull fails in its middle.
  std::string add_to_registry(const std::string& reference, FakeImage image = {}, bool broken = false);
  /// What the program `argv0` does; the one added last counts.
  void add_program(const std::string& argv0, Program program);
  void add_program(std::function<bool(const std::vector<std::string>& command)> is_it, Program program);

  void add_fault(Fault fault);
  void clear_faults();

  /// Everything that was asked so far, in the order of arrival.
  std::vector<Request> requests() const;
  std::vector<std::string> calls() const;
  std::size_t count(const Call& call) const;
  void forget_requests();
  /// Waits until at least so many such requests have arrived; false after a minute or two.
  bool wait_for(const Call& call, std::size_t count = 1) const;
  /// Connections that are open now.
  std::size_t connections() const;
  /// Waits until every connection is closed; false after a minute or two.
  bool wait_for_no_connection() const;
  /// Bytes of the answer to the last such request, waiting until it is written; 0 when there is none.
  std::size_t answer_size(const Call& call) const;

  /// Reads or changes the world, with its mutex held.
  template <typename Act>
  auto with_world(Act act) {
    const std::lock_guard lock(world_.mutex);
    struct Notify {
      FakeWorld& world;
      ~Notify() { world.changed.notify_all(); }
    } notify{world_};
    return act(world_);
  }

  /// A container and all that runs in it come to their end.
  void end_container(const std::string& name_or_id, int exit_code) {
    with_world([&](FakeWorld& world) { world.end_container(*world.find_container(name_or_id), exit_code); });
  }

  /// Waits until the condition holds in the world; false after a minute or two.
  bool wait_until(const std::function<bool(FakeWorld&)>& condition);

 private:
  struct Worker {
    std::thread thread;
    std::shared_ptr<HttpConnection> connection;
    bool done = false;
  };
  struct ActiveFault {
    Fault fault;
    std::size_t seen = 0;
  };

  void accept_connections();
  void begin_connection(os::UniqueFd socket);
  void begin_work(std::shared_ptr<HttpConnection> connection, std::function<void()> work);
  void join_finished();
  void serve(const std::shared_ptr<HttpConnection>& connection);
  bool answer(const std::shared_ptr<HttpConnection>& connection, const Request& request);
  std::optional<Fault> record(const Request& request, std::uint64_t& number);
  Response decide_safely(const Request& request);
  bool send(const std::shared_ptr<HttpConnection>& connection, const Request& request, const Response& response);
  std::string head_of(const Response& response, const std::string& framing) const;

  PrivateDirectory directory_;
  std::string socket_path_;
  mutable FakeWorld world_;
  os::UniqueFd listener_;
  os::UniqueFd wake_up_;
  std::list<Worker> workers_;  // under the world's mutex
  std::vector<Request> requests_;
  std::list<ActiveFault> faults_;
  std::vector<std::shared_ptr<Gate>> gates_;
  std::uint64_t last_request_ = 0;
  int last_connection_ = 0;
  std::thread acceptor_;
};

}  // namespace docker_sandbox::support

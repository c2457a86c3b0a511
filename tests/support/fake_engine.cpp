// SPDX-License-Identifier: Apache-2.0
#include "support/fake_engine.hpp"

#include "docker_sandbox/base/text.hpp"
#include "support/listener.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>

namespace docker_sandbox::support {
namespace {

/// Longer than any test's own deadline; only a test that fails waits for it.
constexpr std::chrono::seconds k_patience{100};
constexpr int k_backlog = 1024;

}  // namespace

bool Call::matches(const Request& request) const {
  if (method != "*" && method != request.method) {
    return false;
  }
  if (path == "*") {
    return true;
  }
  const std::vector<std::string> wanted = base::split(path, '/');
  const std::vector<std::string> given = base::split(request.path, '/');
  return std::equal(wanted.begin(), wanted.end(), given.begin(), given.end(),
                    [](const std::string& a, const std::string& b) { return a == "*" || a == b; });
}

void Gate::open() {
  const std::lock_guard lock(mutex_);
  open_ = true;
  opened_.notify_all();
}

void Gate::wait() {
  std::unique_lock lock(mutex_);
  opened_.wait(lock, [this] { return open_; });
}

FakeEngine::FakeEngine(FakeSettings settings) : socket_path_(directory_.path() + "/engine.sock") {
  world_.settings = std::move(settings);
  listener_ = listen_at(socket_path_, k_backlog);
  wake_up_.reset(::eventfd(0, EFD_CLOEXEC));
  if (!wake_up_) {
    throw std::runtime_error("cannot make an eventfd");
  }
  acceptor_ = std::thread([this] { accept_connections(); });
}

FakeEngine::~FakeEngine() {
  ::eventfd_write(wake_up_.get(), 1);
  acceptor_.join();
  std::list<Worker> workers;
  {
    const std::lock_guard lock(world_.mutex);
    world_.ending = true;
    world_.changed.notify_all();
    for (const auto& gate : gates_) {
      gate->open();
    }
    for (Worker& worker : workers_) {
      if (worker.connection) {
        worker.connection->hang_up();
      }
    }
    workers.swap(workers_);
  }
  for (Worker& worker : workers) {
    worker.thread.join();
  }
}

docker_config::Endpoint FakeEngine::endpoint() const {
  docker_config::Endpoint endpoint;
  endpoint.host = "unix://" + socket_path_;
  endpoint.socket_path = socket_path_;
  return endpoint;
}

std::string FakeEngine::add_image(const std::string& reference, FakeImage image) {
  return with_world([&](FakeWorld& world) {
    if (image.id.empty()) {
      image.id = "sha256:" + world.new_id();
    }
    if (FakeImage* old = world.find_image(reference)) {
      std::erase(old->references, reference);
    }
    image.references.push_back(reference);
    world.images[image.id] = image;
    return image.id;
  });
}

std::string FakeEngine::add_to_registry(const std::string& reference, FakeImage image, bool broken) {
  return with_world([&](FakeWorld& world) {
    image.id = broken ? "" : "sha256:" + world.new_id();
    world.registry[reference] = image;
    return image.id;
  });
}

void FakeEngine::add_program(const std::string& argv0, Program program) {
  add_program([argv0](const std::vector<std::string>& command) { return command.front() == argv0; },
              std::move(program));
}

void FakeEngine::add_program(std::function<bool(const std::vector<std::string>&)> is_it, Program program) {
  with_world([&](FakeWorld& world) { world.programs.emplace_back(std::move(is_it), std::move(program)); });
}

void FakeEngine::add_fault(Fault fault) {
  const std::lock_guard lock(world_.mutex);
  for (const auto& gate : {fault.hold_before, fault.hold_after}) {
    if (gate) {
      gates_.push_back(gate);
    }
  }
  faults_.push_back({std::move(fault)});
}

void FakeEngine::clear_faults() {
  const std::lock_guard lock(world_.mutex);
  faults_.clear();
}

std::vector<Request> FakeEngine::requests() const {
  const std::lock_guard lock(world_.mutex);
  return requests_;
}

std::vector<std::string> FakeEngine::calls() const {
  std::vector<std::string> calls;
  for (const Request& request : requests()) {
    calls.push_back(request.call());
  }
  return calls;
}

std::size_t FakeEngine::count(const Call& call) const {
  const std::lock_guard lock(world_.mutex);
  return static_cast<std::size_t>(
      std::count_if(requests_.begin(), requests_.end(), [&](const Request& request) { return call.matches(request); }));
}

void FakeEngine::forget_requests() {
  const std::lock_guard lock(world_.mutex);
  requests_.clear();
}

bool FakeEngine::wait_for(const Call& call, std::size_t count) const {
  std::unique_lock lock(world_.mutex);
  return world_.changed.wait_for(lock, k_patience, [&] {
    return static_cast<std::size_t>(std::count_if(requests_.begin(), requests_.end(), [&](const Request& request) {
             return call.matches(request);
           })) >= count;
  });
}

bool FakeEngine::wait_until(const std::function<bool(FakeWorld&)>& condition) {
  std::unique_lock lock(world_.mutex);
  return world_.changed.wait_for(lock, k_patience, [&] { return condition(world_); });
}

std::size_t FakeEngine::connections() const {
  const std::lock_guard lock(world_.mutex);
  return static_cast<std::size_t>(std::count_if(workers_.begin(), workers_.end(),
                                                [](const Worker& worker) { return worker.connection != nullptr; }));
}

bool FakeEngine::wait_for_no_connection() const {
  std::unique_lock lock(world_.mutex);
  return world_.changed.wait_for(lock, k_patience, [&] {
    return std::none_of(workers_.begin(), workers_.end(),
                        [](const Worker& worker) { return worker.connection != nullptr; });
  });
}

std::size_t FakeEngine::answer_size(const Call& call) const {
  std::unique_lock lock(world_.mutex);
  std::size_t size = 0;
  const bool answered = world_.changed.wait_for(lock, k_patience, [&] {
    const auto last = std::find_if(requests_.rbegin(), requests_.rend(),
                                   [&](const Request& request) { return call.matches(request); });
    size = last == requests_.rend() ? 0 : last->answer_size.value_or(0);
    return size > 0;
  });
  return answered ? size : 0;
}

void FakeEngine::accept_connections() {
  for (;;) {
    std::array<pollfd, 2> watched{{{listener_.get(), POLLIN, 0}, {wake_up_.get(), POLLIN, 0}}};
    if (::poll(watched.data(), watched.size(), -1) < 0 && errno != EINTR) {
      return;
    }
    if (watched[1].revents != 0) {
      return;
    }
    os::UniqueFd socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (socket) {
      begin_connection(std::move(socket));
    }
    join_finished();
  }
}

void FakeEngine::begin_connection(os::UniqueFd socket) {
  const auto connection = std::make_shared<HttpConnection>(std::move(socket), ++last_connection_);
  // Its pointer is not kept in the work: the socket is to close as soon as the worker is done.
  begin_work(connection, [this, weak = std::weak_ptr(connection)] {
    if (const auto held = weak.lock()) {
      serve(held);
    }
  });
}

void FakeEngine::begin_work(std::shared_ptr<HttpConnection> connection, std::function<void()> work) {
  const std::lock_guard lock(world_.mutex);
  if (world_.ending) {
    return;
  }
  Worker& worker = workers_.emplace_back();
  worker.connection = std::move(connection);
  worker.thread = std::thread([this, &worker, work = std::move(work)] {
    work();
    const std::lock_guard done(world_.mutex);
    // Closes the socket before anybody can see that the connection is gone.
    worker.connection.reset();
    worker.done = true;
    world_.changed.notify_all();
  });
}

void FakeEngine::join_finished() {
  std::list<Worker> finished;
  {
    const std::lock_guard lock(world_.mutex);
    for (auto worker = workers_.begin(); worker != workers_.end();) {
      const auto next = std::next(worker);
      if (worker->done) {
        finished.splice(finished.end(), workers_, worker);
      }
      worker = next;
    }
  }
  for (Worker& worker : finished) {
    worker.thread.join();
  }
}

}  // namespace docker_sandbox::support

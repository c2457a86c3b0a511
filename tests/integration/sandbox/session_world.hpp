// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/os/unique_fd.hpp"
#include "docker_sandbox/sandbox/session.hpp"
#include "support/errors.hpp"
#include "support/fake_session.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <thread>

/// A FakeEngine with a running container, and sessions in it.
namespace docker_sandbox::sandbox {

struct Pipe {
  os::UniqueFd read;
  os::UniqueFd write;

  Pipe() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    read.reset(ends[0]);
    write.reset(ends[1]);
  }
};

/// Reads a pipe to its end in a thread of its own.
class Reader {
 public:
  explicit Reader(int fd) : thread_([this, fd] { read(fd); }) {}
  std::string text() {
    thread_.join();
    return text_;
  }

 private:
  void read(int fd) {
    std::array<char, 65536> buffer{};
    for (ssize_t count = ::read(fd, buffer.data(), buffer.size()); count > 0;
         count = ::read(fd, buffer.data(), buffer.size())) {
      text_.append(buffer.data(), static_cast<std::size_t>(count));
    }
  }

  std::string text_;
  std::thread thread_;
};

struct Ran {
  SessionOutcome outcome;
  std::string out;
  std::string err;
  std::optional<base::Error> error;
};

class Session : public testing::Test {
 protected:
  Session() : sessions_(engine_) {
    engine_.add_image("img:1");
    engine::EngineClient client = this->client();
    container_ = client.create_container("box", {.image = "img:1"}).id;
    client.start_container(container_);
    engine_.forget_requests();
  }

  ~Session() override { owned_engine_.reset(); }

  engine::EngineClient client() const { return engine::EngineClient(engine_.endpoint(), {}, std::nullopt); }

  /// Runs the program with that input and pipes all around.
  Ran run(const std::string& program, const std::string& input = {}, SessionRequest request = {}) {
    Pipe in;
    Pipe out;
    Pipe err;
    Reader out_reader(out.read.get());
    Reader err_reader(err.read.get());
    std::thread writer([&] {
      EXPECT_EQ(::write(in.write.get(), input.data(), input.size()), static_cast<ssize_t>(input.size()));
      in.write.reset();
    });
    Ran ran;
    request.container_id = container_;
    request.command = {program};
    ran.error = support::error_of([&] {
      engine::EngineClient engine = client();
      ran.outcome = run_session(engine, request, {.in = in.read.get(), .out = out.write.get(), .err = err.write.get()});
    });
    out.write.reset();
    err.write.reset();
    writer.join();
    ran.out = out_reader.text();
    ran.err = err_reader.text();
    return ran;
  }

  // The engine's threads may still run programs of sessions_ when a test ends: they are joined before anything else goes.
  std::unique_ptr<support::FakeEngine> owned_engine_ = std::make_unique<support::FakeEngine>();
  support::FakeEngine& engine_ = *owned_engine_;
  support::FakeSessions sessions_;
  std::string container_;
};

}  // namespace docker_sandbox::sandbox

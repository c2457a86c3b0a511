// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "support/fake_world.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace docker_sandbox::support {

/// What a program in a FakeEngine's container has of the world: its command line, its streams, its terminal's size.
class Process {
 public:
  /// `connection` is null for a detached process.
  Process(FakeWorld& world, std::string exec_id, std::shared_ptr<HttpConnection> connection);

  const std::vector<std::string>& command() const { return command_; }
  const std::vector<std::string>& env() const { return env_; }
  const std::string& container_id() const { return container_id_; }
  bool has_terminal() const { return terminal_; }

  /// The next bytes of the standard input; empty at its end.
  std::string read();
  /// All of the standard input.
  std::string read_all();

  void write_out(std::string_view bytes) { write(1, bytes); }
  void write_err(std::string_view bytes) { write(2, bytes); }
  /// Bytes as they are, frames and all: for what a broken engine sends.
  void write_raw(std::string_view bytes);

  /// The sizes that the terminal was given, the one of the creation (if any) not among them.
  std::vector<engine::TerminalSize> sizes() const;

  /// Waits until the condition holds, which is asked again after each change in the world. False when the process was
  /// killed or the engine ends instead.
  bool wait_until(const std::function<bool(FakeWorld&)>& condition);
  /// Waits until the process is killed.
  void wait_for_the_end();

 private:
  void write(char stream, std::string_view bytes);

  FakeWorld& world_;
  std::string exec_id_;
  std::shared_ptr<HttpConnection> connection_;
  std::vector<std::string> command_;
  std::vector<std::string> env_;
  std::string container_id_;
  bool terminal_ = false;
  bool attached_input_ = false;
};

}  // namespace docker_sandbox::support

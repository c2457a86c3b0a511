// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "support/fake_engine.hpp"

#include <functional>
#include <string>
#include <vector>

/// What the product's own scripts do inside (src/sandbox/leader.sh and watch.sh), for a FakeEngine.
namespace docker_sandbox::support {

/// The standard input of a session's program: what its leader has not used of it.
class SessionInput {
 public:
  SessionInput(Process& process, std::string first) : process_(process), first_(std::move(first)) {}

  /// The next bytes; empty at the end.
  std::string read();
  std::string read_all();

 private:
  Process& process_;
  std::string first_;
};

using SessionProgram = std::function<int(Process& process, SessionInput& input)>;

/// Programs that sessions run, by name. A session that asks for any other one is told that it is missing.
class FakeSessions {
 public:
  /// Sessions of this engine behave so from now on. The engine must not outlive this object.
  explicit FakeSessions(FakeEngine& engine);

  void add_program(const std::string& name, SessionProgram program);

  /// What was ordered from the watch processes, all together and in order; "gone" where an input ended without "end".
  std::vector<std::string> orders() const;
  /// Waits until that has been ordered so many times; false after a minute or two.
  bool wait_for_order(const std::string& order, std::size_t count = 1);

  /// What the watches tell of processes that were killed for lack of memory, at their start and later.
  void set_memory_kills(int at_start, int later);

 private:
  int lead(Process& process);
  int watch(Process& process);
  void note(const std::string& order);

  FakeEngine& engine_;
  mutable std::mutex mutex_;
  std::map<std::string, SessionProgram> programs_;
  std::vector<std::string> orders_;
  int memory_kills_at_start_ = 0;
  int memory_kills_later_ = 0;
};

}  // namespace docker_sandbox::support

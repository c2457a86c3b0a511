// SPDX-License-Identifier: Apache-2.0
#include "support/fake_session.hpp"

#include <algorithm>
#include <utility>

namespace docker_sandbox::support {
namespace {

// The command lines: /bin/sh -c SCRIPT NAME, and then
constexpr std::size_t k_name = 3;
constexpr std::size_t k_token = 4;
constexpr std::size_t k_program = 6;

constexpr int k_gave_up = 125;
constexpr int k_missing = 127;

bool is_script(const std::vector<std::string>& command, std::string_view name) {
  return command.size() > k_token && command[0] == "/bin/sh" && command[k_name] == name;
}

}  // namespace

std::string SessionInput::read() {
  return first_.empty() ? process_.read() : std::exchange(first_, {});
}

std::string SessionInput::read_all() {
  return std::exchange(first_, {}) + process_.read_all();
}

FakeSessions::FakeSessions(FakeEngine& engine) : engine_(engine) {
  engine.add_program([](const auto& command) { return is_script(command, "docker-sandbox"); },
                     [this](Process& process) { return lead(process); });
  engine.add_program([](const auto& command) { return is_script(command, "docker-sandbox-watch"); },
                     [this](Process& process) { return watch(process); });
}

void FakeSessions::add_program(const std::string& name, SessionProgram program) {
  const std::lock_guard lock(mutex_);
  programs_[name] = std::move(program);
}

int FakeSessions::lead(Process& process) {
  const std::string& token = process.command().at(k_token);
  const std::string end_of_line = process.has_terminal() ? "\r\n" : "\n";
  SessionProgram program;
  {
    const std::lock_guard lock(mutex_);
    const auto found = programs_.find(process.command().at(k_program));
    program = found == programs_.end() ? nullptr : found->second;
  }
  if (!program) {
    process.write_out(token + " 4711 missing" + end_of_line);
    return k_missing;
  }
  process.write_out(token + " 4711 ok" + end_of_line);
  std::string input;
  while (input.find('\n') == std::string::npos) {
    const std::string some = process.read();
    if (some.empty()) {
      return k_gave_up;
    }
    input += some;
  }
  const std::size_t end = input.find('\n');
  if (input.substr(0, end) != token) {
    return k_gave_up;
  }
  if (process.has_terminal()) {
    process.write_out(token + end_of_line);
  }
  SessionInput rest(process, input.substr(end + 1));
  return program(process, rest);
}

int FakeSessions::watch(Process& process) {
  const auto tell = [&](const char* word, int FakeSessions::*count) {
    const std::lock_guard lock(mutex_);
    process.write_out(std::string(word) + " " + std::to_string(this->*count) + "\n");
  };
  tell("ready", &FakeSessions::memory_kills_at_start_);
  std::string line;
  for (std::string some = process.read(); !some.empty(); some = process.read()) {
    for (const char c : some) {
      if (c != '\n') {
        line += c;
        continue;
      }
      const std::string order = std::exchange(line, {});
      note(order);
      if (order == "end") {
        return 0;
      }
      if (order == "memory") {
        tell("memory", &FakeSessions::memory_kills_later_);
      }
    }
  }
  note("gone");
  return 0;
}

void FakeSessions::note(const std::string& order) {
  {
    const std::lock_guard lock(mutex_);
    orders_.push_back(order);
  }
  engine_.with_world([](FakeWorld&) {});  // tells those who wait
}

std::vector<std::string> FakeSessions::orders() const {
  const std::lock_guard lock(mutex_);
  return orders_;
}

bool FakeSessions::wait_for_order(const std::string& order, std::size_t count) {
  return engine_.wait_until([&](FakeWorld&) {
    const std::vector<std::string> all = orders();
    return static_cast<std::size_t>(std::count(all.begin(), all.end(), order)) >= count;
  });
}

void FakeSessions::set_memory_kills(int at_start, int later) {
  const std::lock_guard lock(mutex_);
  memory_kills_at_start_ = at_start;
  memory_kills_later_ = later;
}

}  // namespace docker_sandbox::support

// SPDX-License-Identifier: Apache-2.0
#include "child_call.hpp"
#include "cli_call.hpp"
#include "lies.hpp"
#include "support/fake_session.hpp"
#include "support/terminal_text.hpp"
#include "world/sandbox_world.hpp"
#include "world/trouble.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <ostream>
#include <set>
#include <thread>

/// The calls of each command are answered with lies. The command ends, with a sentence and the right status where it did
/// not do its work; whatever comes, it does not crash, hang, grow, or write to the terminal what the engine likes.
namespace docker_sandbox::cli {
namespace {

using support::ChildResult;
using support::FakeContainer;
using support::FakeWorld;
using support::Lie;
using support::moves_cursor;
using support::Process;

/// An answer's body has 64 MiB at the most, and is held once more while it grows.
constexpr std::size_t k_most_memory = 200U * 1024 * 1024;
/// What is quoted of an engine's message, escaped, and a sentence around it.
constexpr std::size_t k_longest_message = 40'000;
constexpr int k_workers = 8;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool k_counts_memory = false;  // theirs is several times the program's own; AddressSanitizer is told a limit
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
constexpr bool k_counts_memory = false;
#else
constexpr bool k_counts_memory = true;
#endif
#else
constexpr bool k_counts_memory = true;
#endif

struct Command {
  const char* name;
  std::vector<std::string> words;  ///< WORKSPACE stands for the workspace's path
  const char* state_before;        ///< of the workspace's sandbox; null: there is none
  std::vector<int> failures;
  bool shows_text = false;  ///< stdout has text as it is, for programs
};

void PrintTo(const Command& command, std::ostream* out) {
  *out << command.name;
}

const std::vector<Command>& commands() {
  // 126 and 127: of an engine that lies about how a program ended nobody can know better.
  static const std::vector<int> session{125, 126, 127, 137};
  static const std::vector<int> plain{1};
  static const std::vector<Command> all{
      {"run_new", {"run", "-t", "template:1", "-w", "WORKSPACE", "claude"}, nullptr, session},
      {"run_pulling", {"run", "-t", "far:1", "-w", "WORKSPACE", "claude"}, nullptr, session},
      {"run_reuse", {"run", "-t", "template:1", "-w", "WORKSPACE", "claude"}, "running", session},
      {"run_stopped", {"run", "-w", "WORKSPACE", "claude"}, "exited", session},
      {"run_recreate", {"run", "--recreate", "-t", "template:1", "-w", "WORKSPACE", "claude"}, "running", session},
      {"run_detached", {"run", "-d", "-t", "template:1", "-w", "WORKSPACE", "claude"}, nullptr, session},
      {"run_headless", {"run", "-d", "-w", "WORKSPACE", "claude", "-p", "x"}, "running", session},
      {"create", {"create", "-t", "template:1", "claude", "WORKSPACE"}, nullptr, plain},
      {"create_again", {"create", "claude", "WORKSPACE"}, "exited", plain},
      {"exec", {"exec", "WORKSPACE", "claude"}, "running", session},
      {"exec_stopped", {"exec", "WORKSPACE", "claude"}, "exited", session},
      {"ls", {"ls"}, "running", plain},
      {"ls_quiet", {"ls", "-q", "--no-trunc"}, "running", plain},
      {"ls_format", {"ls", "--format", "{{.Name}} {{.Labels}}"}, "running", plain, true},
      {"ls_json", {"ls", "--format", "json", "--filter", "status=running"}, "running", plain},
      {"inspect", {"inspect", "WORKSPACE"}, "running", plain},
      {"rm", {"rm", "WORKSPACE"}, "running", plain},
      {"stop", {"stop", "WORKSPACE"}, "running", plain},
      {"prune", {"prune", "-f"}, "exited", plain},
      {"prune_dry_run", {"prune", "--dry-run"}, "exited", plain},
      {"logs", {"logs", "WORKSPACE"}, "running", plain},
      {"logs_follow", {"logs", "-f", "WORKSPACE"}, "running", plain},
      {"logs_stopped", {"logs", "WORKSPACE"}, "exited", plain},
      {"wait", {"wait", "WORKSPACE"}, "running", {1, 137}},
      {"wait_stopped", {"wait", "WORKSPACE"}, "exited", {1, 137}},
      {"completion", {"__complete", "sandbox", "rm", ""}, "running", {}},
      {"completion_of_images", {"__complete", "sandbox", "run", "-t", ""}, nullptr, {}},
  };
  return all;
}

/// The processes that are not a session's.
void add_programs(support::FakeEngine& engine) {
  const auto named = [](const char* name) {
    return [name](const std::vector<std::string>& command) { return command.size() > 3 && command[3] == name; };
  };
  // The search for a program, and what makes the directory for runs.
  engine.add_program(
      [](const std::vector<std::string>& command) { return command.size() == 5 && command[3] == "docker-sandbox"; },
      [](Process& process) {
        process.write_out("path:/bin\nfound:/bin/claude\nprepared\n");
        return 0;
      });
  engine.add_program(named("docker-sandbox-run"), [](Process& process) {
    const std::string& token = process.command().at(4);
    process.write_out(token + " 4711 ok 1\n");
    process.read();
    process.write_out(token + " begun\n");
    return 0;
  });
  engine.add_program(named("docker-sandbox-reader"), [](Process& process) {
    const std::string now = "\x1et now\x1f";
    process.write_out("run 1\ntoken t\nbegun 1 1\n\nhello\n\x1et 2\x1f" + now);
    process.write_err(now);
    process.write_out("\x1et end ended 0 3\x1f");
    return 0;
  });
}

/// One engine with the command's sandbox.
class World {
 public:
  explicit World(const Command& command) : command_(command) {
    world_->engine().add_to_registry("far:1");
    add_programs(world_->engine());
    sessions_.add_program("claude", [](Process& process, support::SessionInput&) {
      process.write_out("hello\n");
      return 0;
    });
    if (command.state_before != nullptr) {
      const std::string id = world_->make_ready().sandbox.id;
      world_->engine().with_world([&](FakeWorld& fake) {
        FakeContainer& container = fake.containers.at(id);
        container.state = command_.state_before;
        const std::string run = "/var/lib/docker-sandbox/runs/1/";
        container.files = {{run + "info", "token t\nbegun 1 1\nleader 1 1\n"},
                           {run + "out.1", "hello\n\x1et 2\x1f"},
                           {run + "ended", "0 3\n"}};
      });
      world_->its_process_has_ended();
    }
    world_->engine().forget_requests();
  }
  World(const World&) = delete;
  World& operator=(const World&) = delete;
  /// The engine's processes use the sessions.
  ~World() { world_.reset(); }

  ChildResult call() {
    std::vector<std::string> words = command_.words;
    std::replace(words.begin(), words.end(), std::string("WORKSPACE"), world_->workspace());
    docker_config::Environment environment = support::environment_of_user(engine());
    environment["ASAN_OPTIONS"] = "hard_rss_limit_mb=600:exitcode=99";
    return support::call_child(words, environment);
  }

  support::FakeEngine& engine() { return world_->engine(); }

 private:
  const Command& command_;
  std::unique_ptr<sandbox::SandboxWorld> world_ = std::make_unique<sandbox::SandboxWorld>();
  support::FakeSessions sessions_{world_->engine()};
};

bool is_upgrade(const support::Call& call) {
  return call.method == "POST" && call.path == "/exec/*/start";
}

bool has_json(const support::Call& call) {
  return (call.method == "GET" && call.path.size() > 5 && call.path.compare(call.path.size() - 5, 5, "/json") == 0) ||
         (call.method == "POST" && (call.path == "/containers/create" || call.path == "/containers/*/exec"));
}

bool fits(const Lie& lie, const support::Call& call) {
  switch (lie.of) {
    case Lie::Of::any_answer:
      return true;
    case Lie::Of::json:
      return has_json(call);
    case Lie::Of::list:
      return call.path == "/containers/json";
    case Lie::Of::stream:
      return is_upgrade(call);
    case Lie::Of::pull:
      return call.path == "/images/create";
    case Lie::Of::archive:
      return call.path == "/containers/*/archive";
  }
  return false;
}

std::string complaint_about(const Command& command, const Lie& lie, const sandbox::Place& place) {
  World world(command);
  world.engine().add_fault({.call = place.call, .nth = place.nth, .write = lie.write});
  const ChildResult result = world.call();
  const std::string what = std::string(lie.name) + ", " + place.call.method + " " + place.call.path + ", " +
                           std::to_string(place.nth) + ": " + std::to_string(result.status) + ", \"" +
                           result.err.substr(0, 400) + "\": ";
  if (result.was_late) {
    return what + "it does not end";
  }
  if (result.signal != 0) {
    return what + "it was ended by signal " + std::to_string(result.signal);
  }
  if (k_counts_memory && result.peak_memory > k_most_memory) {
    return what + "it took " + std::to_string(result.peak_memory / 1024 / 1024) + " MiB";
  }
  if (moves_cursor(result.err) || (moves_cursor(result.out) && !command.shows_text)) {
    return what + "control characters reach the terminal";
  }
  if (result.err.size() > k_longest_message) {
    return what + "it says " + std::to_string(result.err.size()) + " bytes";
  }
  if (result.status == 0) {
    return "";
  }
  if (std::find(command.failures.begin(), command.failures.end(), result.status) == command.failures.end()) {
    return what + "that is not the status of its failures";
  }
  return result.err.empty() || result.err.back() != '\n' ? what + "it fails without a sentence" : "";
}

struct Case {
  const Lie* lie;
  sandbox::Place place;
};

/// Whether the lie is told to every command. The others are the transport's affair, which is the same for all of them: they
/// are told to a few.
bool is_for_all(const Lie& lie) {
  static const std::set<std::string> some{
      "not_json",       "members_missing", "members_of_another_type", "controls", "controls_in_id",
      "without_a_word", "refused_in_html", "stream_that_is_none",     "redirect", "stream_without_end"};
  return some.count(lie.name) != 0 || lie.of == Lie::Of::pull || lie.of == Lie::Of::archive;
}

bool hears_all(const Command& command) {
  static const std::set<std::string> few{"ls", "run_reuse", "logs"};
  return few.count(command.name) != 0;
}

/// The first call of each kind.
std::vector<Case> cases_of(const Command& command, const std::vector<sandbox::Place>& calls) {
  std::vector<Case> cases;
  for (const sandbox::Place& place : calls) {
    for (const Lie& lie : support::lies()) {
      if (place.nth == 1 && fits(lie, place.call) && (is_for_all(lie) || hears_all(command))) {
        cases.push_back({&lie, place});
      }
    }
  }
  return cases;
}

class HostileEngine : public testing::TestWithParam<Command> {};

TEST_P(HostileEngine, IsToldOfAndSurvived) {
  World honest(GetParam());
  const ChildResult undisturbed = honest.call();
  ASSERT_EQ(undisturbed.status, 0) << undisturbed.err;
  const std::vector<sandbox::Place> calls = sandbox::places(honest.engine());
  ASSERT_FALSE(calls.empty());
  const std::vector<Case> cases = cases_of(GetParam(), calls);
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::vector<std::string> complaints;
  std::vector<std::thread> workers;
  for (int i = 0; i < k_workers; ++i) {
    workers.emplace_back([&] {
      for (std::size_t index = next++; index < cases.size(); index = next++) {
        std::string complaint = complaint_about(GetParam(), *cases[index].lie, cases[index].place);
        const std::lock_guard lock(mutex);
        if (!complaint.empty()) {
          complaints.push_back(std::move(complaint));
        }
      }
    });
  }
  for (std::thread& worker : workers) {
    worker.join();
  }
  EXPECT_THAT(complaints, testing::IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Commands, HostileEngine, testing::ValuesIn(commands()),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace docker_sandbox::cli

// SPDX-License-Identifier: Apache-2.0
#include "cli_call.hpp"
#include "docker_sandbox/sandbox/labels.hpp"
#include "world/sandbox_world.hpp"
#include "world/trouble.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>

/// Each call of a command that ends sandboxes is disturbed in every way. The command tells of it or copes, touches nothing
/// that it was not to touch, and does its work when it is called again.
namespace docker_sandbox::cli {
namespace {

using sandbox::SandboxWorld;
using sandbox::Trouble;
using support::CallResult;
using support::FakeContainer;
using support::FakeWorld;

constexpr const char* k_stranger = "stranger";

/// What a process that was killed has left of its work.
enum class Leftover {
  none,
  half_made,       ///< the sandbox was not published
  the_one_before,  ///< whose place the sandbox has taken
};

struct Command {
  const char* name;
  std::vector<std::string> words;  ///< WORKSPACE stands for the workspace's path
  const char* state_before;
  /// Whether the command has done its work; null: the sandbox is gone.
  bool (*is_done)(const FakeContainer* sandbox);
  Leftover leftover = Leftover::none;
};

void PrintTo(const Command& command, std::ostream* out) {
  *out << command.name;
}

bool is_gone(const FakeContainer* sandbox) {
  return sandbox == nullptr;
}

bool is_stopped(const FakeContainer* sandbox) {
  return sandbox != nullptr && sandbox->state == "exited";
}

const std::vector<Command>& commands() {
  static const std::vector<Command> all{
      {"rm_running", {"rm", "WORKSPACE"}, "running", is_gone},
      {"rm_stopped", {"rm", "WORKSPACE"}, "exited", is_gone},
      {"rm_force", {"rm", "-f", "WORKSPACE"}, "running", is_gone},
      {"stop", {"stop", "WORKSPACE"}, "running", is_stopped},
      {"prune", {"prune", "-f"}, "exited", is_gone},
      {"prune_unfinished", {"prune", "-f"}, "exited", is_gone, Leftover::half_made},
      {"rm_with_remains", {"rm", "WORKSPACE"}, "running", is_gone, Leftover::the_one_before},
      {"prune_remains", {"prune", "-f"}, "exited", is_gone, Leftover::the_one_before},
  };
  return all;
}

/// One sandbox in the command's state, and a stopped container that is nobody's.
class World {
 public:
  explicit World(const Command& command) : command_(command), sandbox_(world_.make_ready().sandbox.id) {
    world_.engine().with_world([&](FakeWorld& fake) {
      FakeContainer& made = fake.containers.at(sandbox_);
      made.state = command.state_before;
      if (command.leftover == Leftover::the_one_before) {
        FakeContainer before = made;
        before.id = fake.new_id();
        before.name += "-2";
        made.labels[sandbox::labels::k_replaces] = before.id;
        fake.containers.emplace(before.id, before);
      } else if (command.leftover == Leftover::half_made) {
        made.name = sandbox::unfinished_name(world_.workspace());
      }
      FakeContainer stranger = fake.containers.at(sandbox_);
      stranger.id = fake.new_id();
      stranger.name = k_stranger;
      stranger.state = "exited";
      stranger.labels.clear();
      fake.containers.emplace(stranger.id, stranger);
    });
    world_.its_process_has_ended();
    world_.engine().forget_requests();
  }

  CallResult call() {
    std::vector<std::string> words = command_.words;
    std::replace(words.begin(), words.end(), std::string("WORKSPACE"), world_.workspace());
    return support::call(words, support::environment_of_user(engine()));
  }

  bool is_done() {
    return engine().with_world([&](FakeWorld& fake) {
      const bool alone = command_.leftover != Leftover::the_one_before || fake.containers.size() == 1;
      return command_.is_done(fake.find_container(sandbox_)) && alone;
    });
  }

  bool stranger_is_there() {
    return engine().with_world([&](FakeWorld& fake) { return fake.find_container(k_stranger) != nullptr; });
  }

  support::FakeEngine& engine() { return world_.engine(); }

 private:
  const Command& command_;
  SandboxWorld world_;
  std::string sandbox_;
};

std::string complaint_about(const Command& command, const Trouble& trouble, const sandbox::Place& place) {
  World world(command);
  sandbox::disturb(world.engine(), trouble, place);
  const CallResult first = world.call();
  const std::string what =
      sandbox::describe(trouble, place) + ": " + std::to_string(first.status) + ", \"" + first.err + "\"";
  if (first.status != 0 && first.err.empty()) {
    return what + ": it fails without a word";
  }
  if (first.status == 0 && !world.is_done() && !sandbox::is_lie_about_removal(trouble, place)) {
    return what + ": it says nothing, and has not done its work";
  }
  world.engine().clear_faults();
  const CallResult second = world.call();
  // What is gone already is told to who removes it again.
  const bool told = second.status == 1 && second.err.find("no such sandbox") != std::string::npos;
  if (second.status != 0 && !(told && world.is_done())) {
    return what + ": called again: " + std::to_string(second.status) + ", " + second.err;
  }
  if (!world.is_done()) {
    return what + ": called again, it has not done its work";
  }
  return world.stranger_is_there() ? "" : what + ": somebody else's container is gone";
}

class BrokenCommands : public testing::TestWithParam<Command> {};

TEST_P(BrokenCommands, TellOfItAndDoTheirWorkTheNextTime) {
  World undisturbed(GetParam());
  ASSERT_EQ(undisturbed.call().status, 0);
  ASSERT_TRUE(undisturbed.is_done());
  const std::vector<sandbox::Place> calls = sandbox::places(undisturbed.engine());
  ASSERT_GE(calls.size(), 2U);
  std::vector<std::string> complaints;
  // One after the other: a command is a process, whose signals and debug log are its own.
  for (const Trouble& trouble : sandbox::troubles()) {
    for (const sandbox::Place& place : calls) {
      if (const std::string complaint = complaint_about(GetParam(), trouble, place); !complaint.empty()) {
        complaints.push_back(complaint);
      }
    }
  }
  EXPECT_THAT(complaints, testing::IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Ends, BrokenCommands, testing::ValuesIn(commands()),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace docker_sandbox::cli

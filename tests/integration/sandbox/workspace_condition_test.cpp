// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/os/mount_table.hpp"
#include "docker_sandbox/sandbox/mounted_workspace.hpp"
#include "world/sandbox_world.hpp"

#include <gtest/gtest.h>

#include <ctime>
#include <filesystem>
#include <fstream>

namespace docker_sandbox::sandbox {
namespace {

using support::Process;

/// A sandbox that was made just now, and whose workspace changes after that.
class Condition : public testing::Test {
 protected:
  Condition() { sandbox_.created = std::time(nullptr); }

  WorkspaceCondition condition_in(RunState state) {
    sandbox_.state = state;
    return workspace_condition(client_, sandbox_);
  }

  void move_away() { std::filesystem::rename(sandbox_.workspace, sandbox_.workspace + ".old"); }
  void make_again() {
    move_away();
    std::filesystem::create_directory(sandbox_.workspace);
  }

  /// What a process in the sandbox sees of the mounts: that directory at the workspace's path.
  void has_mounted(const std::string& directory) {
    const os::DirectoryPlace place = os::place_of(directory).value();
    world_.engine().add_program("/bin/sh", [this, place](Process& process) {
      process.write_out(os::running_kernel() + "\n1 0 8:1 /containers/" + sandbox_.id +
                        "/hostname /etc/hostname rw - ext4 /dev/a rw\n2 0 " + place.device + " " + place.path + " " +
                        sandbox_.workspace + " rw - ext4 /dev/a rw\n");
      return 0;
    });
  }

  SandboxWorld world_;
  engine::EngineClient client_{world_.engine().endpoint(), {}, std::nullopt};
  Sandbox sandbox_ = world_.make_ready().sandbox;
};

TEST_F(Condition, IsAsItWasWhileTheDirectoryIsTheSameAndCostsNoRequest) {
  world_.engine().forget_requests();
  for (const RunState state : {RunState::running, RunState::paused, RunState::stopped}) {
    EXPECT_EQ(condition_in(state), WorkspaceCondition::as_it_was);
  }
  EXPECT_TRUE(world_.engine().requests().empty());
}

TEST_F(Condition, IsGoneWhereNoDirectoryIsThere) {
  move_away();
  EXPECT_EQ(condition_in(RunState::stopped), WorkspaceCondition::gone);
  std::ofstream(sandbox_.workspace) << "a file";
  EXPECT_EQ(condition_in(RunState::stopped), WorkspaceCondition::gone);
}

TEST_F(Condition, OfOneThatIsStoppedIsMadeAgainWhereAnotherDirectoryIsThere) {
  make_again();
  EXPECT_EQ(condition_in(RunState::stopped), WorkspaceCondition::made_again);
}

TEST_F(Condition, OfOneThatRunsIsWhatItHasMounted) {
  make_again();
  for (const RunState state : {RunState::running, RunState::paused}) {
    has_mounted(sandbox_.workspace + ".old");
    EXPECT_EQ(condition_in(state), WorkspaceCondition::made_again);
    has_mounted(sandbox_.workspace);
    EXPECT_EQ(condition_in(state), WorkspaceCondition::as_it_was);
  }
}

TEST_F(Condition, OfOneThatCannotBeLookedIntoIsToldByTheNumberOfTheDirectory) {
  make_again();
  EXPECT_EQ(condition_in(RunState::running), WorkspaceCondition::made_again);
}

TEST_F(Condition, OfOneThatHasGoneMeanwhileIsToldAllTheSame) {
  make_again();
  client_.remove_container(sandbox_.id);
  EXPECT_EQ(condition_in(RunState::running), WorkspaceCondition::made_again);
}

}  // namespace
}  // namespace docker_sandbox::sandbox

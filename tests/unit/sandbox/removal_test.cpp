// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/sandbox/removal.hpp"

#include <gtest/gtest.h>

namespace docker_sandbox::sandbox {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

TEST(PruneReason, IsThatItIsStopped) {
  for (const RunState state : {RunState::stopped, RunState::created, RunState::going}) {
    EXPECT_EQ(prune_reason(state, {}), PruneReason::stopped);
  }
}

TEST(PruneReason, IsNoneForOneThatRunsInItsWorkspace) {
  EXPECT_EQ(prune_reason(RunState::running, {}), std::nullopt);
  EXPECT_EQ(prune_reason(RunState::paused, {}), std::nullopt);
  EXPECT_EQ(prune_reason(RunState::running, {.mounted = MountedWorkspace::stale}), std::nullopt)
      << "a directory that was made again is there";
}

TEST(PruneReason, IsThatTheWorkspaceIsCertainlyGone) {
  EXPECT_EQ(prune_reason(RunState::running, {.directory_there = false, .mounted = MountedWorkspace::stale}),
            PruneReason::workspace_gone);
  EXPECT_EQ(prune_reason(RunState::running, {.directory_there = false}), std::nullopt)
      << "its file system may only be absent for a while";
  EXPECT_EQ(
      prune_reason(RunState::running, {.directory_there = false, .mounted = MountedWorkspace::stale, .sessions = 1}),
      std::nullopt);
}

TEST(LeftBehind, IsWhatNobodyMakesAnyMore) {
  Sandbox unfinished;
  unfinished.state = RunState::running;
  EXPECT_TRUE(is_left_behind(unfinished, CreatorState::gone, minutes(0)));
  EXPECT_FALSE(is_left_behind(unfinished, CreatorState::alive, hours(100)));
  EXPECT_FALSE(is_left_behind(unfinished, CreatorState::unknown, minutes(59)));
  EXPECT_TRUE(is_left_behind(unfinished, CreatorState::unknown, minutes(61)));
  unfinished.state = RunState::stopped;
  EXPECT_TRUE(is_left_behind(unfinished, CreatorState::unknown, minutes(0)));
  EXPECT_FALSE(is_left_behind(unfinished, CreatorState::alive, minutes(0)));
}

}  // namespace
}  // namespace docker_sandbox::sandbox

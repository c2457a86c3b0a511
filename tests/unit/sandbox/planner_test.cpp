// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/sandbox/planner.hpp"

#include <gtest/gtest.h>

namespace docker_sandbox::sandbox {
namespace {

Sandbox in_state(RunState state) {
  Sandbox sandbox;
  sandbox.id = "id";
  sandbox.state = state;
  return sandbox;
}

struct PlanCase {
  const char* rule;
  Observed have;
  const char* plan;
};

class PlanRun : public testing::TestWithParam<PlanCase> {};

TEST_P(PlanRun, FollowsTheRule) { EXPECT_EQ(describe(plan_run(GetParam().have)), GetParam().plan) << GetParam().rule; }

INSTANTIATE_TEST_SUITE_P(
    Rules, PlanRun,
    testing::Values(
        PlanCase{"nothing there: create", {}, "create"},
        PlanCase{"running: enter", {.state = {.ready = in_state(RunState::running)}}, "enter id"},
        PlanCase{"stopped: start first", {.state = {.ready = in_state(RunState::stopped)}}, "start id, enter id"},
        PlanCase{"published but not started", {.state = {.ready = in_state(RunState::created)}}, "start id, enter id"},
        PlanCase{"paused: unpause first", {.state = {.ready = in_state(RunState::paused)}}, "unpause id, enter id"},
        PlanCase{"dead: remove and look again", {.state = {.ready = in_state(RunState::going)}}, "remove id"},
        PlanCase{"somebody makes it: wait",
                 {.state = {.unfinished = in_state(RunState::created)}, .creator = CreatorState::alive},
                 "wait for the creator of id"},
        PlanCase{"nobody knows whether somebody makes it: wait",
                 {.state = {.unfinished = in_state(RunState::running)}, .creator = CreatorState::unknown},
                 "wait for the creator of id"},
        PlanCase{"its creator died: remove",
                 {.state = {.unfinished = in_state(RunState::running)}, .creator = CreatorState::gone},
                 "remove id"},
        PlanCase{"its creator took too long: remove",
                 {.state = {.unfinished = in_state(RunState::running)},
                  .creator = CreatorState::alive,
                  .waited_enough = true},
                 "remove id"},
        PlanCase{"a ready one counts, whatever else is there",
                 {.state = {.ready = in_state(RunState::running), .unfinished = in_state(RunState::created)}},
                 "enter id"}));

}  // namespace
}  // namespace docker_sandbox::sandbox

// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/sandbox/planner.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>

namespace docker_sandbox::sandbox {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

SandboxSpec a_spec() {
  SandboxSpec spec;
  spec.agent = agent::find_agent("claude");
  spec.workspace.path = "/w";
  return spec;
}

Sandbox in_state(RunState state) {
  Sandbox sandbox;
  sandbox.id = "id";
  sandbox.name = "name";
  sandbox.workspace = "/w";
  sandbox.state = state;
  return sandbox;
}

Sandbox in_the_place_of(const std::string& other) {
  Sandbox sandbox = in_state(RunState::running);
  sandbox.replaces = other;
  return sandbox;
}

Sandbox unfinished(RunState state) {
  Sandbox sandbox = in_state(state);
  sandbox.id = "half";
  sandbox.name = "lock";
  return sandbox;
}

struct PlanCase {
  const char* rule;
  Observed have;
  const char* plan;
  Reuse reuse = Reuse::keep;
};

void PrintTo(const PlanCase& plan_case, std::ostream* out) {
  *out << plan_case.rule;
}

class PlanRun : public testing::TestWithParam<PlanCase> {};

TEST_P(PlanRun, FollowsTheRule) {
  EXPECT_THAT(describe(plan_run(a_spec(), GetParam().reuse, GetParam().have)), testing::MatchesRegex(GetParam().plan));
}

INSTANTIATE_TEST_SUITE_P(
    Entering, PlanRun,
    testing::Values(
        PlanCase{"nothing there: create", {}, "create"},
        PlanCase{"running: enter", {.state = {.ready = in_state(RunState::running)}}, "enter id"},
        PlanCase{"stopped: start first", {.state = {.ready = in_state(RunState::stopped)}}, "start id, enter id"},
        PlanCase{"published but not started", {.state = {.ready = in_state(RunState::created)}}, "start id, enter id"},
        PlanCase{"paused: unpause first", {.state = {.ready = in_state(RunState::paused)}}, "unpause id, enter id"},
        PlanCase{"dead: remove and look again", {.state = {.ready = in_state(RunState::going)}}, "remove id"},
        PlanCase{"a difference does not keep from entering",
                 {.state = {.ready = in_state(RunState::running)}, .drift = {"x"}},
                 "enter id"}));

INSTANTIATE_TEST_SUITE_P(
    Unfinished, PlanRun,
    testing::Values(
        PlanCase{"somebody makes it: wait",
                 {.state = {.unfinished = unfinished(RunState::created)},
                  .creator = CreatorState::alive,
                  .waited = seconds(60)},
                 "wait for the creator of half"},
        PlanCase{"nobody knows whether somebody makes it: wait",
                 {.state = {.unfinished = unfinished(RunState::running)}, .waited = seconds(60)},
                 "wait for the creator of half"},
        PlanCase{"its creator died: remove",
                 {.state = {.unfinished = unfinished(RunState::running)}, .creator = CreatorState::gone},
                 "remove the unfinished lock"},
        PlanCase{"its creator took too long: remove",
                 {.state = {.unfinished = unfinished(RunState::running)},
                  .creator = CreatorState::alive,
                  .waited = seconds(151)},
                 "remove the unfinished lock"},
        PlanCase{"a creator elsewhere does not start it: remove",
                 {.state = {.unfinished = unfinished(RunState::created)}, .waited = seconds(16)},
                 "remove the unfinished lock"},
        PlanCase{"it was stopped, and its creator is not known to live: remove",
                 {.state = {.unfinished = unfinished(RunState::stopped)}},
                 "remove the unfinished lock"},
        PlanCase{"it was stopped, and its creator lives: that one will see it",
                 {.state = {.unfinished = unfinished(RunState::stopped)}, .creator = CreatorState::alive},
                 "wait for the creator of half"},
        PlanCase{"it is on its way out: help",
                 {.state = {.unfinished = unfinished(RunState::going)}, .creator = CreatorState::alive},
                 "remove the unfinished lock"},
        PlanCase{"a ready one counts while another one is made",
                 {.state = {.ready = in_state(RunState::running), .unfinished = unfinished(RunState::created)},
                  .creator = CreatorState::alive},
                 "enter id"},
        PlanCase{"one that was left behind beside a ready one is cleared away",
                 {.state = {.ready = in_state(RunState::running), .unfinished = unfinished(RunState::created)},
                  .creator = CreatorState::gone},
                 "remove the unfinished lock"}));

INSTANTIATE_TEST_SUITE_P(
    Directory, PlanRun,
    testing::Values(
        PlanCase{"made again while it runs: restart",
                 {.state = {.ready = in_state(RunState::running)}, .mounted = MountedWorkspace::stale},
                 "restart id, enter id"},
        PlanCase{"made again while it is paused: let it end first",
                 {.state = {.ready = in_state(RunState::paused)}, .mounted = MountedWorkspace::stale},
                 "unpause id, restart id, enter id"},
        PlanCase{"made again while it has a session: refuse",
                 {.state = {.ready = in_state(RunState::running)}, .mounted = MountedWorkspace::stale, .sessions = 1},
                 "refuse: /w is not the directory .*while it has a session"},
        PlanCase{"made again while it was stopped: the start mounts it",
                 {.state = {.ready = in_state(RunState::stopped)}, .mounted = MountedWorkspace::stale},
                 "start id, enter id"}));

INSTANTIATE_TEST_SUITE_P(
    Recreating, PlanRun,
    testing::Values(
        PlanCase{"nothing there: create", {}, "create", Reuse::recreate},
        PlanCase{"running without a session",
                 {.state = {.ready = in_state(RunState::running)}},
                 "replace id",
                 Reuse::recreate},
        PlanCase{"stopped", {.state = {.ready = in_state(RunState::stopped)}}, "replace id", Reuse::recreate},
        PlanCase{"with sessions: refuse",
                 {.state = {.ready = in_state(RunState::running)}, .sessions = 2},
                 "refuse: cannot make the sandbox name anew while it has 2 sessions",
                 Reuse::recreate},
        PlanCase{"with sessions, by force",
                 {.state = {.ready = in_state(RunState::running)}, .sessions = 2},
                 "replace id",
                 Reuse::recreate_by_force},
        PlanCase{"another process replaces it: wait",
                 {.state = {.ready = in_state(RunState::running), .unfinished = unfinished(RunState::running)},
                  .creator = CreatorState::alive},
                 "wait for the creator of half",
                 Reuse::recreate},
        PlanCase{"another process has replaced it meanwhile, as it is asked for: enter",
                 {.state = {.ready = in_state(RunState::running)}, .made_meanwhile = true},
                 "enter id",
                 Reuse::recreate},
        PlanCase{"another process has replaced it meanwhile, but otherwise: replace",
                 {.state = {.ready = in_state(RunState::running)}, .drift = {"x"}, .made_meanwhile = true},
                 "replace id",
                 Reuse::recreate},
        PlanCase{"dead: remove and look again",
                 {.state = {.ready = in_state(RunState::going)}},
                 "remove id",
                 Reuse::recreate},
        PlanCase{"the one before it was left behind: remove that",
                 {.state = {.ready = in_the_place_of("old")}, .replacer = CreatorState::gone},
                 "remove old"},
        PlanCase{"the one before it was left behind, maybe by another machine: remove that",
                 {.state = {.ready = in_the_place_of("old")}, .replacer = CreatorState::unknown},
                 "remove old"},
        PlanCase{"the one before it is being removed: enter",
                 {.state = {.ready = in_the_place_of("old")}, .replacer = CreatorState::alive},
                 "enter id"},
        PlanCase{"the one before it is still there: it must not come back",
                 {.state = {.ready = in_the_place_of("old")}, .replacer = CreatorState::alive},
                 "remove old",
                 Reuse::recreate}));

TEST(PlanRunTells, WhatLooksLikeTheSandboxAndIsNotTaken) {
  const Plan plan = plan_run(a_spec(), Reuse::keep, {.state = {.misnamed = {"renamed"}}});
  EXPECT_EQ(describe(plan), "create");
  EXPECT_THAT(plan.notes, ElementsAre(HasSubstr("The container renamed looks like a sandbox")));
}

TEST(PlanRunTells, EachDifferenceAndWhatAppliesIt) {
  const Plan plan =
      plan_run(a_spec(), Reuse::keep, {.state = {.ready = in_state(RunState::running)}, .drift = {"one", "two"}});
  EXPECT_THAT(plan.warnings, ElementsAre("one", "two", HasSubstr("--recreate")));
  EXPECT_THAT(plan.notes, IsEmpty());
}

TEST(PlanRunTells, NothingOfDifferencesThatItRemoves) {
  EXPECT_THAT(
      plan_run(a_spec(), Reuse::recreate, {.state = {.ready = in_state(RunState::running)}, .drift = {"one"}}).warnings,
      IsEmpty());
}

TEST(PlanRunTells, WhyItRestarts) {
  const Plan plan = plan_run(a_spec(), Reuse::keep,
                             {.state = {.ready = in_state(RunState::running)}, .mounted = MountedWorkspace::stale});
  EXPECT_THAT(plan.notes, ElementsAre(HasSubstr("The sandbox is restarted")));
}

}  // namespace
}  // namespace docker_sandbox::sandbox

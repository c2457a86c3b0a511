// SPDX-License-Identifier: Apache-2.0
#include "support/errors.hpp"
#include "world/beginning.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

/// A `run` that is disturbed fails with an Error or copes, and whatever it was, the next one has the workspace's one
/// complete sandbox.
namespace docker_sandbox::sandbox {
namespace {

using support::error_of;

/// What is wrong after the disturbed `run`, or after the next one; empty when nothing is.
std::string complaint_about(const Beginning& beginning, const Trouble& trouble, const Place& place) {
  SandboxWorld world;
  beginning.prepare(world);
  world.engine().forget_requests();
  disturb(world.engine(), trouble, place);
  ReadySandbox first;
  const auto error = error_of([&] { first = run(world, beginning, beginning.reuse); });
  const std::string what = describe(trouble, place) + (error ? ": " + std::string(error->what()) : "");
  const bool told = testing::Matches(testing::Contains(testing::HasSubstr("could not be removed")))(world.warnings());
  if (!error && !told && !is_lie_about_removal(trouble, place) && !world.complaint(first).empty()) {
    return what + ": entered at once, and " + world.complaint(first);
  }
  if (error && beginning.there == There::nothing && !trouble.lasting && world.has_unfinished()) {
    return what + ": half a sandbox was left behind";
  }
  world.engine().clear_faults();
  if (beginning.there == There::a_sandbox && !world.has_sandbox()) {
    return what + ": the sandbox that was there is lost, and no other is there for it";
  }
  const NextRun next = run_next(world, beginning);
  return next.complaint.empty() ? "" : what + ": " + next.complaint;
}

class BrokenSteps : public testing::TestWithParam<Beginning> {};

TEST_P(BrokenSteps, AreMadeGoodByTheNextRun) {
  const std::vector<Place> calls = calls_of_an_undisturbed_run(GetParam());
  ASSERT_FALSE(calls.empty());
  EXPECT_THAT(
      complaints_about_all(calls, [](const Trouble& trouble,
                                     const Place& place) { return complaint_about(GetParam(), trouble, place); }),
      testing::IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Runs, BrokenSteps, testing::ValuesIn(beginnings()), name_of);

}  // namespace
}  // namespace docker_sandbox::sandbox

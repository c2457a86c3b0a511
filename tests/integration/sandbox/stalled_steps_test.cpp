// SPDX-License-Identifier: Apache-2.0
#include "support/errors.hpp"
#include "world/beginning.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>

/// A `run` comes to a stop at one of its calls for so long that it is taken for dead; another one does the work meanwhile. When
/// the engine wakes up, the first one does what it still had to do.
namespace docker_sandbox::sandbox {
namespace {

using support::error_of;
using support::Gate;

enum class Stall { before_the_effect, after_the_effect };

/// What is wrong when the first run goes on; empty when nothing is.
std::string complaint_about(const Beginning& beginning, const Place& place, Stall stall) {
  SandboxWorld world;
  beginning.prepare(world);
  world.engine().forget_requests();
  const auto gate = std::make_shared<Gate>();
  const auto is_there = std::make_shared<Gate>();
  support::Fault fault{.call = place.call, .nth = place.nth};
  (stall == Stall::before_the_effect ? fault.before : fault.after) = [is_there] { is_there->open(); };
  (stall == Stall::before_the_effect ? fault.hold_before : fault.hold_after) = gate;
  world.engine().add_fault(std::move(fault));
  ReadySandbox first;
  std::optional<base::Error> first_error;
  std::thread stalled([&] {
    first_error = error_of([&] { first = run(world, beginning, beginning.reuse); });
    gate->open();  // on a slow machine it may have had a call less, and it is not the other one that is to be held
    is_there->open();
  });
  is_there->wait();
  world.its_process_has_ended();
  ReadySandbox second;
  const auto second_error = error_of([&] { second = run(world, beginning, Reuse::keep); });
  gate->open();
  stalled.join();
  const std::string what = place.call.method + " " + place.call.path + ", " + std::to_string(place.nth) +
                           (stall == Stall::before_the_effect ? ", before" : ", after");
  if (second_error) {
    return what + ": the second run failed: " + second_error->what();
  }
  if (first_error) {
    return what + ": the first run failed: " + first_error->what();
  }
  const NextRun next = run_next(world, beginning);
  if (!next.complaint.empty()) {
    return what + ": " + next.complaint;
  }
  return first.sandbox.id == next.sandbox.sandbox.id ? "" : what + ": the first run was given what is not the sandbox";
}

class StalledSteps : public testing::TestWithParam<Beginning> {};

TEST_P(StalledSteps, LeaveOneSandbox) {
  const std::vector<Place> calls = calls_of_an_undisturbed_run(GetParam());
  ASSERT_FALSE(calls.empty());
  std::vector<std::string> complaints;
  for (const Place& place : calls) {
    for (const Stall stall : {Stall::before_the_effect, Stall::after_the_effect}) {
      if (std::string complaint = complaint_about(GetParam(), place, stall); !complaint.empty()) {
        complaints.push_back(std::move(complaint));
      }
    }
  }
  EXPECT_THAT(complaints, testing::IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Runs, StalledSteps, testing::ValuesIn(beginnings()), name_of);

}  // namespace
}  // namespace docker_sandbox::sandbox

// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/os/interrupts.hpp"

#include "support/errors.hpp"
#include "support/scoped_variable.hpp"
#include "world/sandbox_world.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>

/// Signals are for whole processes, and a process has its first one only once: each of these `run`s has a process of its
/// own, with its own engine.
namespace docker_sandbox::sandbox {
namespace {

using base::ErrorKind;
using support::Call;
using support::error_of;

void raise_at(SandboxWorld& world, const Call& call, int signal) {
  // raise: the handler has run when it returns, so the signal is there before the engine acts.
  world.engine().add_fault({.call = call, .before = [signal] { ::raise(signal); }});
}

/// What is wrong with how a run ends that a signal came to.
std::string wrong_end(int signal, const std::function<void()>& run) {
  const auto error = error_of(run);
  if (!error) {
    return "there was no error";
  }
  const bool is_of_it = error->kind() == (signal == SIGINT ? ErrorKind::interrupted : ErrorKind::terminated);
  return is_of_it ? "" : std::string("another error: ") + error->what();
}

/// What is wrong when a signal comes in the midst of that call: a run has to take back what it made.
std::string wrong_with_a_signal_at(const Call& call, int signal) {
  SandboxWorld world;
  raise_at(world, call, signal);
  const std::string wrong = wrong_end(signal, [&] { world.make_ready(); });
  return !wrong.empty() || world.containers().empty() ? wrong : "a container was left behind";
}

/// The same for a run that was to take another one's place: one of the two has to be there, complete.
std::string wrong_with_a_signal_while_one_is_replaced(const Call& call, int signal) {
  SandboxWorld world;
  world.make_ready();
  raise_at(world, call, signal);
  const std::string wrong =
      wrong_end(signal, [&] { world.make_ready(world.spec(), PullPolicy::missing, Reuse::recreate); });
  if (!wrong.empty()) {
    return wrong;
  }
  if (world.containers().size() != 1) {
    return std::to_string(world.containers().size()) + " containers are there";
  }
  return world.has_sandbox() ? "" : "the sandbox is lost";
}

/// Ends this process, with 0 when nothing is wrong.
[[noreturn]] void run_with_a_signal_at(const Call& call, int signal,
                                       std::string (*wrong_with)(const Call&, int) = wrong_with_a_signal_at) {
  os::Interrupts::install();
  const std::string wrong = wrong_with(call, signal);  // which has joined the engine's threads
  std::fputs(wrong.c_str(), stderr);
  ::_exit(wrong.empty() ? 0 : 1);
}

/// What a process that is ended leaves in its directory for temporary files goes with this one.
class Remains {
 public:
  Remains() { testing::FLAGS_gtest_death_test_style = "threadsafe"; }

 private:
  support::PrivateDirectory directory_;
  support::ScopedVariable variable_{"TMPDIR", directory_.path()};
};

class Signals : public testing::TestWithParam<int> {
 private:
  Remains remains_;
};

TEST_P(Signals, WhileASandboxIsMadeTakeItBack) {
  for (const char* path :
       {"/containers/create", "/containers/*/start", "/containers/*/exec", "/exec/*/start", "/containers/*/rename"}) {
    EXPECT_EXIT(run_with_a_signal_at({"POST", path}, GetParam()), testing::ExitedWithCode(0), "") << path;
  }
}

TEST_P(Signals, WhileASandboxIsReplacedLoseNone) {
  for (const Call& call : {Call{"POST", "/containers/create"}, Call{"POST", "/containers/*/start"},
                           Call{"POST", "/containers/*/rename"}, Call{"DELETE", "/containers/*"}}) {
    EXPECT_EXIT(run_with_a_signal_at(call, GetParam(), wrong_with_a_signal_while_one_is_replaced),
                testing::ExitedWithCode(0), "")
        << call.path;
  }
}

/// Ends this process, with 0 when the signal was noted and the sandbox is there for the caller to remove.
[[noreturn]] void get_a_signal_after_the_creation(int signal) {
  os::Interrupts::install();
  bool is_noted = false;
  {
    SandboxWorld world;
    const ReadySandbox ready = world.make_ready();
    ::raise(signal);
    is_noted = os::Interrupts::pending() == signal && world.complaint(ready).empty();
  }  // the engine's threads are joined
  ::_exit(is_noted ? 0 : 1);
}

TEST_P(Signals, BetweenTheCreationAndTheSessionAreNoted) {
  EXPECT_EXIT(get_a_signal_after_the_creation(GetParam()), testing::ExitedWithCode(0), "");
}

TEST_P(Signals, BeforeAnythingIsMadeEndTheProcessAtOnce) {
  EXPECT_EXIT(run_with_a_signal_at({"GET", "/containers/json"}, GetParam()), testing::ExitedWithCode(128 + GetParam()),
              "");
}

INSTANTIATE_TEST_SUITE_P(All, Signals, testing::Values(SIGINT, SIGTERM, SIGHUP),
                         [](const auto& test) { return std::string(::sigabbrev_np(test.param)); });

TEST(ThirdSignal, EndsTheProcessWhateverItWaitsFor) {
  const Remains remains;
  const auto insist = [] {
    os::Interrupts::install();
    SandboxWorld world;
    world.engine().add_fault({.call = {"POST", "/containers/*/start"}, .before = [] {
                                for (int i = 0; i < 3; ++i) {
                                  ::raise(SIGINT);
                                }
                              }});
    world.make_ready();
  };
  EXPECT_EXIT(insist(), testing::ExitedWithCode(130), "");
}

}  // namespace
}  // namespace docker_sandbox::sandbox

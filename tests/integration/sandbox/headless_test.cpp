// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/sandbox/headless.hpp"
#include "session_world.hpp"

#include <gmock/gmock.h>

#include <algorithm>

/// Starts of headless runs that come to nothing. The rest is for a real sandbox (tests/e2e/test_headless.py).
namespace docker_sandbox::sandbox {
namespace {

using base::ErrorKind;
using support::FakeWorld;
using support::Fault;
using support::Process;
using testing::HasSubstr;

constexpr std::size_t k_token = 4;  ///< of the leader's words

class Headless : public Session {
 protected:
  /// What headless.sh does.
  void add_leader(support::Program program) {
    engine_.add_program(
        [](const auto& command) { return command.size() > k_token && command[3] == "docker-sandbox-run"; },
        std::move(program));
  }

  /// What makes the directory for runs.
  void add_preparation(support::Program program) {
    engine_.add_program(
        [](const auto& command) { return command.size() > 2 && command[2].find("echo prepared") != std::string::npos; },
        std::move(program));
  }

  HeadlessStart start() {
    engine::EngineClient engine = client();
    return start_headless(engine, {.container_id = container_, .command = {"agent"}, .user = "1000"}, {});
  }

  std::string failure() {
    return support::message_of([this] { start(); }, ErrorKind::engine_failure);
  }
};

support::Program leader_that_says(const std::string& state) {
  return [state](Process& process) {
    process.write_out(process.command()[k_token] + " 4711 " + state + " 1\n");
    return 125;
  };
}

TEST_F(Headless, RunOfWhichNothingCanBeKeptIsRefusedWithTheReason) {
  add_leader(leader_that_says("nowhere"));
  add_preparation([](Process& process) {
    process.write_err("mkdir: cannot create directory: Read-only \x1b[2Jfile system\n");
    return 1;
  });
  EXPECT_EQ(failure(),
            "cannot make the directory for headless runs in the sandbox: mkdir: cannot create directory: Read-only "
            "\\x1b[2Jfile system");
}

TEST_F(Headless, RunWhoseDirectoryIsNoneAlthoughItWasMadeIsRefused) {
  add_leader(leader_that_says("nowhere"));
  add_preparation([](Process& process) {
    process.write_out("prepared\n");
    return 0;
  });
  EXPECT_EQ(failure(), "the directory for headless runs in the sandbox cannot be written to");
  EXPECT_EQ(engine_.count({"POST", "/exec/*/start"}), 3U);
}

TEST_F(Headless, RunThatEndsBeforeItHasTheWordIsNoRun) {
  add_leader(leader_that_says("ok"));
  EXPECT_EQ(failure(), "the sandbox ended the program before it had begun");
}

TEST_F(Headless, RunThatCannotWriteHasTheShellsWords) {
  add_leader([](Process& process) {
    process.write_out(process.command()[k_token] + " 4711 ok 1\n");
    process.read();
    process.write_err("sh: cannot create info: No space left on device\n");
    return 2;
  });
  EXPECT_EQ(failure(), "cannot keep the run's output in the sandbox: sh: cannot create info: No space left on device");
}

TEST_F(Headless, RunOfAProgramThatIsNotThereIsNotStarted) {
  for (const auto& [state, status] : {std::pair("missing", 127), std::pair("denied", 126)}) {
    add_leader(leader_that_says(state));
    const HeadlessStart started = start();
    EXPECT_EQ(started.end, SessionEnd::not_started) << state;
    EXPECT_EQ(started.exit_code, status) << state;
  }
}

TEST_F(Headless, RunInASandboxThatIsStoppedMeanwhileSaysSo) {
  engine_.add_fault({.call = {"POST", "/exec/*/start"},
                     .effect = Fault::Effect::none,
                     .before = [this] { engine_.end_container(container_, 137); },
                     .refusal = Fault::Refusal{}});
  EXPECT_EQ(start().end, SessionEnd::container_is_gone);
}

/// A reader whose stream ends before the run does.
class CutRun : public Session {
 protected:
  CutRun() {
    engine_.add_program(
        [](const auto& command) { return command.size() > k_token && command[3] == "docker-sandbox-reader"; },
        [](Process&) { return 0; });
  }

  std::optional<base::Error> error() {
    return support::error_of([this] {
      engine::EngineClient engine = client();
      read_run(engine, container_, 1, ReadMode::wait, {});
    });
  }
};

TEST_F(CutRun, OfASandboxThatIsRemovedMeanwhileSaysSo) {
  engine_.add_fault({.call = {"POST", "/exec/*/start"}, .after = [this] {
                       engine_.with_world([this](FakeWorld& world) { world.containers.erase(container_); });
                     }});
  const auto told = error();
  ASSERT_TRUE(told);
  EXPECT_EQ(told->kind(), ErrorKind::not_found);
  EXPECT_STREQ(told->what(), "the sandbox was removed before run 1 had ended");
}

TEST_F(CutRun, OfAnEngineThatGoesAwaySaysSo) {
  engine_.add_fault({.call = {"GET", "/containers/*/json"}, .nth = 2, .refusal = Fault::Refusal{}});
  const auto told = error();
  ASSERT_TRUE(told);
  EXPECT_EQ(told->kind(), ErrorKind::engine_unreachable) << told->what();
  EXPECT_THAT(told->what(), HasSubstr("went away before run 1 had ended"));
}

TEST_F(CutRun, OfASandboxThatIsStoppedAndHasNoFilesIsNotToldAsItsEnd) {
  engine_.add_fault({.call = {"POST", "/exec/*/start"}, .after = [this] { engine_.end_container(container_, 0); }});
  const auto told = error();
  ASSERT_TRUE(told);
  EXPECT_EQ(told->kind(), ErrorKind::engine_unreachable) << told->what();
}

}  // namespace
}  // namespace docker_sandbox::sandbox

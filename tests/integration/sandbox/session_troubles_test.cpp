// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/sandbox/exec_capture.hpp"
#include "session_world.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>

/// What goes wrong beside a session's own stream.
namespace docker_sandbox::sandbox {
namespace {

using base::ErrorKind;
using support::error_of;
using support::Fault;
using support::Process;
using support::SessionInput;
using testing::HasSubstr;

const support::Call k_creation{"POST", "/containers/*/exec"};
const support::Call k_start{"POST", "/exec/*/start"};

TEST_F(Session, WhoseContainerEndsWhileTheEngineStartsItSaysSo) {
  sessions_.add_program("cat", [](Process&, SessionInput&) { return 0; });
  engine_.add_fault({.call = k_start,
                     .effect = Fault::Effect::none,
                     .before = [this] { engine_.end_container(container_, 137); },
                     .refusal = Fault::Refusal{}});
  EXPECT_EQ(run("cat").outcome.end, SessionEnd::container_is_gone);
}

TEST_F(Session, WhoseStartTheEngineRefusesHasItsWords) {
  engine_.add_fault({.call = k_start, .effect = Fault::Effect::none, .refusal = Fault::Refusal{}});
  const Ran ran = run("cat");
  ASSERT_TRUE(ran.error);
  EXPECT_EQ(ran.error->kind(), ErrorKind::engine_failure);
  EXPECT_THAT(ran.error->what(), HasSubstr("the engine has a bad day"));
}

TEST_F(Session, WhoseOutputCannotBeWrittenFailsWithTheReason) {
  sessions_.add_program("talk", [](Process& process, SessionInput&) {
    process.write_out("words");
    process.wait_for_the_end();
    return 0;
  });
  Pipe in;
  const os::UniqueFd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  engine::EngineClient engine = client();
  const auto error = error_of([&] {
    run_session(engine, {.container_id = container_, .command = {"talk"}},
                {.in = in.read.get(), .out = full.get(), .err = full.get()});
  });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::io);
  EXPECT_THAT(error->what(), HasSubstr("cannot write the agent's output: No space left on device"));
  EXPECT_TRUE(sessions_.wait_for_order("gone")) << "the program is not left behind";
}

/// Lasts until the engine was asked for a watch.
int wait_for_the_watch(support::FakeEngine& engine) {
  engine.wait_for(k_creation, 2);
  return 5;
}

TEST_F(Session, ThatCannotBeWatchedBecauseItsContainerIsStoppedEndsWithIt) {
  sessions_.add_program("long", [this](Process& process, SessionInput&) {
    process.wait_for_the_end();
    return wait_for_the_watch(engine_);
  });
  engine_.add_fault({.call = k_creation,
                     .nth = 2,
                     .effect = Fault::Effect::none,
                     .before = [this] { engine_.end_container(container_, 0); },
                     .refusal = Fault::Refusal{409, "Container box is not running"}});
  const Ran ran = run("long");
  EXPECT_FALSE(ran.error);
  EXPECT_THAT(ran.outcome.reason, HasSubstr("stopped"));
}

TEST_F(Session, ThatTheEngineRefusesToWatchOverEndsWithItsWords) {
  sessions_.add_program("long", [this](Process&, SessionInput&) { return wait_for_the_watch(engine_); });
  engine_.add_fault({.call = k_creation, .nth = 2, .effect = Fault::Effect::none, .refusal = Fault::Refusal{}});
  const Ran ran = run("long");
  ASSERT_TRUE(ran.error);
  EXPECT_THAT(ran.error->what(), HasSubstr("the engine has a bad day"));
}

TEST_F(Session, WhoseSignalCannotBePassedOnEndsWithTheEnginesWords) {
  const pthread_t session = ::pthread_self();
  sessions_.add_program("trap", [this, session](Process&, SessionInput&) {
    ::pthread_kill(session, SIGTERM);
    return wait_for_the_watch(engine_);
  });
  engine_.add_fault({.call = k_creation, .nth = 2, .effect = Fault::Effect::none, .refusal = Fault::Refusal{}});
  const Ran ran = run("trap");
  ASSERT_TRUE(ran.error);
  EXPECT_THAT(ran.error->what(), HasSubstr("the engine has a bad day"));
}

TEST_F(Session, TakesTheEndOfADockerCliThatWasSignalledForNoSignalOfItsOwn) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
  const os::UniqueFd plugins(ends[0]);
  os::UniqueFd clis(ends[1]);
  // As plugin::CancelSocket has it, but for this thread alone: the engine's threads would die of it.
  const f_owner_ex owner{.type = F_OWNER_TID, .pid = ::gettid()};
  ASSERT_EQ(::fcntl(plugins.get(), F_SETOWN_EX, &owner), 0);
  ASSERT_EQ(::fcntl(plugins.get(), F_SETSIG, SIGTERM), 0);
  ASSERT_EQ(::fcntl(plugins.get(), F_SETFL, O_ASYNC), 0);
  const pthread_t session = ::pthread_self();
  sessions_.add_program("trap", [&](Process&, SessionInput&) {
    ::pthread_kill(session, SIGINT);
    sessions_.wait_for_order("INT");
    clis.reset();
    for (const std::size_t times : {1U, 2U}) {  // the second one comes after all that came with the first
      ::pthread_kill(session, SIGHUP);
      sessions_.wait_for_order("HUP", times);
    }
    return 130;
  });
  EXPECT_EQ(run("trap").outcome.exit_code, 130);
  EXPECT_TRUE(sessions_.wait_for_order("end"));
  EXPECT_THAT(sessions_.orders(), testing::ElementsAre("INT", "HUP", "HUP", "end"));
}

TEST_F(Session, ThatWasKilledWhileTheEngineEndsSaysSo) {
  sessions_.add_program("victim", [](Process&, SessionInput&) { return 137; });
  engine_.add_fault({.call = {"GET", "/containers/*/json"}, .nth = 0, .refusal = Fault::Refusal{}});
  const Ran ran = run("victim");
  EXPECT_FALSE(ran.error);
  EXPECT_EQ(ran.outcome.exit_code, 137);
  EXPECT_EQ(ran.outcome.reason, "The engine was stopped while the program was running.");
}

TEST_F(Session, IsNotWaitedForLongerThanItsDeadline) {
  engine_.add_program("/bin/sleep", [](Process& process) {
    process.wait_for_the_end();
    return 0;
  });
  engine::EngineClient engine = client();
  const auto error =
      error_of([&] { run_captured(engine, container_, {.command = {"/bin/sleep"}}, std::chrono::seconds(0)); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::engine_timeout);
  EXPECT_THAT(error->what(), HasSubstr("did not end within 0 seconds"));
}

}  // namespace
}  // namespace docker_sandbox::sandbox

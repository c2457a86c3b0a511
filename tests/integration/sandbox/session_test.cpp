// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/os/interrupts.hpp"
#include "docker_sandbox/sandbox/program_search.hpp"
#include "session_world.hpp"

#include <gmock/gmock.h>
#include <pthread.h>

#include <csignal>

namespace docker_sandbox::sandbox {
namespace {

using base::ErrorKind;
using support::error_of;
using support::FakeEngine;
using support::FakeWorld;
using support::Process;
using support::SessionInput;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TEST_F(Session, MovesAllBytesBothWaysAndKeepsTheStreamsApart) {
  std::string all_bytes;
  for (int value = 0; value < 256; ++value) {
    all_bytes += static_cast<char>(value);
  }
  sessions_.add_program("cat", [](Process& process, SessionInput& input) {
    const std::string all = input.read_all();
    process.write_out(all);
    process.write_err("e:" + all);
    return 7;
  });
  const Ran ran = run("cat", all_bytes);
  EXPECT_EQ(ran.outcome.end, SessionEnd::ended);
  EXPECT_EQ(ran.outcome.exit_code, 7);
  EXPECT_EQ(ran.out, all_bytes);
  EXPECT_EQ(ran.err, "e:" + all_bytes);
}

TEST_F(Session, HasTheExitCodeOfItsProgram) {
  int code = 0;
  sessions_.add_program("exit", [&](Process&, SessionInput&) { return code; });
  for (; code < 256; ++code) {
    EXPECT_EQ(run("exit").outcome.exit_code, code);
  }
}

TEST_F(Session, OfAProgramThatIsMissingWritesNothing) {
  const Ran ran = run("nothing", "input");
  EXPECT_EQ(ran.outcome.end, SessionEnd::not_started);
  EXPECT_EQ(ran.outcome.exit_code, 127);
  EXPECT_THAT(ran.outcome.start_failure, HasSubstr("nothing"));
  EXPECT_EQ(ran.out + ran.err, "");
}

TEST_F(Session, ThatTheEngineCannotStartHasItsWordsAndWritesNothing) {
  engine_.add_program("/bin/sh", [](Process&) -> int { throw support::StartFailure{126, "no such directory"}; });
  const Ran ran = run("cat");
  EXPECT_EQ(ran.outcome.end, SessionEnd::not_started);
  EXPECT_EQ(ran.outcome.exit_code, 126);
  EXPECT_THAT(ran.outcome.start_failure,
              HasSubstr("OCI runtime exec failed: exec failed: unable to start container process: no such"));
  EXPECT_EQ(ran.out + ran.err, "");
}

/// The engine shows the container as running until it has dealt with its end.
void end_at_the_second_look(FakeEngine& engine, const std::string& container) {
  engine.add_program("/bin/sh", [](Process&) -> int { throw support::StartFailure{126, "the container is dying"}; });
  engine.add_fault({.call = {"GET", "/containers/*/json"}, .nth = 2, .before = [&engine, container] {
                      engine.end_container(container, 137);
                    }});
}

TEST_F(Session, ThatCannotStartBecauseTheContainerIsDyingSaysSo) {
  end_at_the_second_look(engine_, container_);
  EXPECT_EQ(run("cat").outcome.end, SessionEnd::container_is_gone);
}

TEST_F(Session, OfAContainerThatIsDyingIsNoSearchForItsProgram) {
  end_at_the_second_look(engine_, container_);
  Sandbox sandbox;
  sandbox.id = container_;
  engine::EngineClient engine = client();
  const auto error = error_of([&] { search_program(engine, sandbox, "claude"); });
  ASSERT_TRUE(error);
  EXPECT_TRUE(says_container_is_gone(*error)) << error->what();
}

TEST_F(Session, InAContainerThatWasStoppedSaysSo) {
  client().stop_container(container_);
  EXPECT_EQ(run("cat").outcome.end, SessionEnd::container_is_gone);
}

TEST_F(Session, InAContainerThatWasRemovedSaysSo) {
  client().remove_container(container_);
  EXPECT_EQ(run("cat").outcome.end, SessionEnd::container_is_gone);
}

TEST_F(Session, TakesThreeRequestsAndNoWatchWhenItIsShort) {
  sessions_.add_program("true", [](Process&, SessionInput&) { return 0; });
  EXPECT_EQ(run("true").outcome.exit_code, 0);
  EXPECT_EQ(engine_.count({"POST", "/containers/*/exec"}), 1U);
  EXPECT_EQ(engine_.count({"*", "/exec/*/*"}), 2U);
  EXPECT_THAT(engine_.requests(), SizeIs(1 + 3)) << "a new client asks for the version first";
  EXPECT_THAT(sessions_.orders(), IsEmpty());
}

TEST_F(Session, HandsOverNamesThatAShellDrops) {
  sessions_.add_program("env", [](Process& process, SessionInput&) {
    for (const std::string& variable : process.env()) {
      process.write_out(variable + "\n");
    }
    process.write_out(process.command()[5]);
    return 0;
  });
  SessionRequest request{.env = {"PLAIN=1", "with.dot=2", "with-dash=a=b"}};
  const Ran ran = run("env", "", request);
  EXPECT_EQ(ran.out, "PLAIN=1\nDOCKER_SANDBOX_VARIABLE_1=with.dot=2\nDOCKER_SANDBOX_VARIABLE_2=with-dash=a=b\n2");
}

TEST_F(Session, AsksForTheContainersOwnOddVariablesOnlyWhenThereAreAny) {
  sessions_.add_program("env", [](Process& process, SessionInput&) {
    process.write_out(process.command()[5]);
    return 0;
  });
  EXPECT_EQ(run("env", "", {.container_variables = {"PLAIN"}}).out, "0");
  EXPECT_EQ(engine_.count({"GET", "/containers/*/json"}), 0U);
  engine_.with_world([&](FakeWorld& world) { world.find_container(container_)->env = {"PLAIN=1", "with.dot=2"}; });
  EXPECT_EQ(run("env", "", {.container_variables = {"PLAIN", "with.dot"}}).out, "1");
}

TEST_F(Session, ThatLastsIsWatched) {
  sessions_.add_program("long", [&](Process& process, SessionInput&) {
    process.wait_until([](FakeWorld& world) {
      std::size_t running = 0;
      for (const auto& [id, exec] : world.execs) {
        running += exec.running ? 1 : 0;
      }
      return running == 2;
    });
    return 3;
  });
  EXPECT_EQ(run("long").outcome.exit_code, 3);
  EXPECT_TRUE(sessions_.wait_for_order("end"));
  EXPECT_THAT(sessions_.orders(), ElementsAre("end"));
}

TEST_F(Session, GivesSignalsToTheProgram) {
  const pthread_t session = ::pthread_self();
  sessions_.add_program("trap", [&](Process&, SessionInput&) {
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGINT}) {
      ::pthread_kill(session, signal);
      const char* const name = signal == SIGINT    ? "INT"
                               : signal == SIGTERM ? "TERM"
                               : signal == SIGHUP  ? "HUP"
                                                   : "QUIT";
      sessions_.wait_for_order(name, signal == SIGINT && !sessions_.orders().empty() ? 2 : 1);
    }
    return 130;
  });
  EXPECT_EQ(run("trap").outcome.exit_code, 130);
  EXPECT_TRUE(sessions_.wait_for_order("end"));
  EXPECT_THAT(sessions_.orders(), ElementsAre("INT", "TERM", "HUP", "QUIT", "INT", "end"));
}

TEST_F(Session, ThatIsInterruptedBeforeItsProgramStartsEndsWithoutIt) {
  // In a process of its own, with the handlers of a real call: the signal may come before the session reads signals.
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  const auto be_interrupted = [this] {
    os::Interrupts::install();
    const pthread_t session = ::pthread_self();
    engine_.add_program("/bin/sh", [session](Process& process) {
      ::pthread_kill(session, SIGINT);
      process.read_all();
      return 125;
    });
    const Ran ran = run("cat");
    owned_engine_.reset();  // joins its threads, which _exit would leave
    ::_exit(ran.error && ran.error->kind() == ErrorKind::interrupted ? 0 : 1);
  };
  EXPECT_EXIT(be_interrupted(), testing::ExitedWithCode(0), "");
}

TEST_F(Session, ThatLosesItsConnectionTakesTheProgramAlong) {
  sessions_.add_program("cut", [&](Process& process, SessionInput& input) {
    process.write_out("begun");
    process.wait_until([](FakeWorld& world) { return world.execs.size() == 2; });
    engine_.with_world([&](FakeWorld& world) {
      for (auto& [id, exec] : world.execs) {
        if (const auto connection = exec.connection.lock(); connection && exec.body["Cmd"][3] == "docker-sandbox") {
          connection->break_off(support::Break::close);
        }
      }
    });
    input.read_all();
    process.wait_for_the_end();
    return 0;
  });
  const Ran ran = run("cut");
  ASSERT_TRUE(ran.error) << ran.outcome.exit_code;
  EXPECT_EQ(ran.error->kind(), ErrorKind::engine_protocol);
  EXPECT_EQ(ran.out, "begun");
  EXPECT_TRUE(sessions_.wait_for_order("gone"));
}

TEST_F(Session, WhoseOutputNobodyReadsEndsLikeAFilter) {
  sessions_.add_program("yes", [&](Process& process, SessionInput&) {
    process.write_out("y\n");
    process.wait_for_the_end();
    return 0;
  });
  Pipe in;
  Pipe out;
  out.read.reset();
  engine::EngineClient engine = client();
  const SessionOutcome outcome = run_session(engine, {.container_id = container_, .command = {"yes"}},
                                             {.in = in.read.get(), .out = out.write.get(), .err = out.write.get()});
  EXPECT_EQ(outcome.exit_code, 128 + SIGPIPE);
  EXPECT_TRUE(sessions_.wait_for_order("PIPE"));
  EXPECT_TRUE(sessions_.wait_for_order("gone"));
}

TEST_F(Session, ThatWasKilledForLackOfMemorySaysSo) {
  sessions_.set_memory_kills(1, 2);
  const pthread_t session = ::pthread_self();
  sessions_.add_program("greedy", [&](Process&, SessionInput&) {
    ::pthread_kill(session, SIGHUP);  // brings the watch about at once
    sessions_.wait_for_order("HUP");
    return 137;
  });
  const Ran ran = run("greedy");
  EXPECT_EQ(ran.outcome.exit_code, 137);
  EXPECT_THAT(ran.outcome.reason, HasSubstr("out of memory"));
}

TEST_F(Session, ThatWasKilledBySomebodySaysNothing) {
  sessions_.add_program("victim", [](Process&, SessionInput&) { return 137; });
  const Ran ran = run("victim");
  EXPECT_EQ(ran.outcome.exit_code, 137);
  EXPECT_EQ(ran.outcome.reason, "");
}

TEST_F(Session, WhoseSandboxIsStoppedSaysSo) {
  sessions_.add_program("long", [&](Process& process, SessionInput&) {
    engine_.end_container(container_, 0);
    process.wait_for_the_end();
    return 0;
  });
  const Ran ran = run("long");
  EXPECT_EQ(ran.outcome.exit_code, 137);
  EXPECT_THAT(ran.outcome.reason, HasSubstr("stopped"));
}

}  // namespace
}  // namespace docker_sandbox::sandbox

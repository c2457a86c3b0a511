// SPDX-License-Identifier: Apache-2.0
#include "session_world.hpp"
#include "support/pseudo_terminal.hpp"

#include <gmock/gmock.h>
#include <pthread.h>

#include <algorithm>
#include <csignal>
#include <string>
#include <vector>

/// Sessions whose streams are terminals, or do not come whole.
namespace docker_sandbox::sandbox {
namespace {

using support::Process;
using support::SessionInput;
using testing::SizeIs;

/// A session on a terminal of the caller's.
class TerminalSession : public Session {
 protected:
  TerminalSession() { caller_.set_size(33, 77); }

  SessionOutcome run_there(const std::string& program, const std::string& detach_keys = {}) {
    engine::EngineClient engine = client();
    const int terminal = caller_.terminal.get();
    return run_session(engine, {.container_id = container_, .command = {program}, .detach_keys = detach_keys},
                       {.in = terminal, .out = terminal, .err = terminal, .terminal = true});
  }

  void type(const std::string& keys) const {
    EXPECT_EQ(::write(caller_.master.get(), keys.data(), keys.size()), static_cast<ssize_t>(keys.size()));
  }

  const support::PseudoTerminal caller_;
};

TEST_F(TerminalSession, HasTheCallersSizeBeforeItsProgramRuns) {
  std::vector<engine::TerminalSize> sizes;
  sessions_.add_program("stty", [&](Process& process, SessionInput&) {
    sizes = process.sizes();
    return 0;
  });
  EXPECT_EQ(run_there("stty").exit_code, 0);
  ASSERT_THAT(sizes, SizeIs(1));
  EXPECT_EQ(sizes[0].rows, 33U);
  EXPECT_EQ(sizes[0].columns, 77U);
}

TEST_F(TerminalSession, FollowsTheSizeOfTheCallers) {
  const pthread_t session = ::pthread_self();
  bool followed = false;
  sessions_.add_program("stty", [&](Process& process, SessionInput&) {
    caller_.set_size(40, 100);
    ::pthread_kill(session, SIGWINCH);
    followed = process.wait_until([](support::FakeWorld& world) {
      return std::any_of(world.execs.begin(), world.execs.end(), [](const auto& entry) {
        return entry.second.sizes.size() == 2 && entry.second.sizes[1].rows == 40 &&
               entry.second.sizes[1].columns == 100;
      });
    });
    return 0;
  });
  EXPECT_EQ(run_there("stty").exit_code, 0);
  EXPECT_TRUE(followed);
}

TEST_F(TerminalSession, GoesOnWhenItCannotBeSized) {
  sessions_.add_program("stty", [](Process&, SessionInput&) { return 3; });
  engine_.add_fault({.call = {"POST", "/exec/*/resize"}, .refusal = support::Fault::Refusal{}});
  EXPECT_EQ(run_there("stty").exit_code, 3);
  EXPECT_EQ(engine_.count({"POST", "/exec/*/resize"}), 1U);
}

TEST_F(TerminalSession, IsLeftByTheDetachKeysWhichItsProgramDoesNotSee) {
  std::string seen;
  sessions_.add_program("editor", [&](Process& process, SessionInput& input) {
    type("ab");
    seen = input.read();
    type("\x10\x11");
    seen += input.read();  // the connection's end
    process.wait_for_the_end();
    return 0;
  });
  EXPECT_EQ(run_there("editor", "ctrl-p,ctrl-q").end, SessionEnd::detached);
  EXPECT_FALSE(caller_.is_raw());
  owned_engine_.reset();  // with which the program ends
  EXPECT_EQ(seen, "ab");
}

TEST_F(TerminalSession, HasTheTerminalRawAndGivesItBackAsItWas) {
  bool was_raw = false;
  sessions_.add_program("editor", [&](Process& process, SessionInput&) {
    was_raw = caller_.is_raw();
    process.write_out("\x1b[?25lscreen");
    return 7;
  });
  EXPECT_EQ(run_there("editor").exit_code, 7);
  EXPECT_TRUE(was_raw);
  EXPECT_FALSE(caller_.is_raw());
  const std::string expected = "\x1b[?25lscreen\x1b[?25h";
  EXPECT_EQ(caller_.shown(expected.size()), expected);
}

const support::Call k_start{"POST", "/exec/*/start"};

/// The stream of a session that is cut at that byte, or trickles.
class CutSession : public Session {
 protected:
  CutSession() {
    sessions_.add_program("talk", [](Process& process, SessionInput&) {
      process.write_out("first");
      process.write_err("second");
      process.write_out("third");
      return 0;
    });
  }
};

TEST_F(CutSession, IsWholeWhenItTricklesByteByByte) {
  engine_.add_fault({.call = k_start, .nth = 0, .trickle = true});
  const Ran ran = run("talk");
  EXPECT_FALSE(ran.error);
  EXPECT_EQ(ran.out, "firstthird");
  EXPECT_EQ(ran.err, "second");
}

TEST_F(CutSession, NeverHangsAndNeverShowsWhatIsNotOutput) {
  run("talk");
  const std::size_t whole = engine_.answer_size(k_start);
  ASSERT_GT(whole, 100U);
  for (std::size_t at = 0; at < whole; ++at) {
    engine_.clear_faults();
    engine_.add_fault({.call = k_start, .nth = 1, .break_after = at});
    const Ran ran = run("talk");
    EXPECT_EQ(std::string("firstthird").substr(0, ran.out.size()), ran.out) << at;
    EXPECT_EQ(std::string("second").substr(0, ran.err.size()), ran.err) << at;
  }
}

}  // namespace
}  // namespace docker_sandbox::sandbox

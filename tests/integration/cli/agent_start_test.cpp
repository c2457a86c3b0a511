// SPDX-License-Identifier: Apache-2.0
#include "cli_call.hpp"
#include "support/fake_session.hpp"
#include "world/sandbox_world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

/// `run` and `exec` in a sandbox that is ready, where the program does not start.
namespace docker_sandbox::cli {
namespace {

using support::CallResult;
using support::Fault;
using support::Process;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

const support::Call k_creation{"POST", "/containers/*/exec"};

class AgentStart : public testing::Test {
 protected:
  AgentStart() : sessions_(world_.engine()), sandbox_(world_.make_ready().sandbox.id) {
    world_.engine().add_program(is_search, [](Process& process) {
      process.write_out("path:/usr/bin:/opt/bin\nfound:/opt/bin/claude\n");
      return 0;
    });
    world_.engine().forget_requests();
  }

  static bool is_search(const std::vector<std::string>& command) {
    return command.size() > 2 && command[2].find("program=$1") != std::string::npos;
  }

  CallResult run() {
    return support::call({"run", "-w", world_.workspace(), "-t", sandbox::k_template, "claude"},
                         support::environment_of_user(world_.engine()));
  }

  sandbox::SandboxWorld world_;
  support::FakeSessions sessions_;
  const std::string sandbox_;
};

TEST_F(AgentStart, FindsTheProgramOutsideOfThePath) {
  sessions_.add_program("/opt/bin/claude", [](Process& process, support::SessionInput&) {
    const std::vector<std::string>& env = process.env();
    return std::find(env.begin(), env.end(), "PATH=/usr/bin:/opt/bin") == env.end() ? 1 : 42;
  });
  EXPECT_EQ(run().status, 42);
}

TEST_F(AgentStart, FailsWithAProgramThatIsFoundAndCannotBeExecuted) {
  const CallResult result = run();
  EXPECT_EQ(result.status, 126);
  EXPECT_THAT(result.err, StartsWith("/opt/bin/claude cannot be executed in the sandbox claude-sandbox-"));
}

TEST_F(AgentStart, FailsWithTheShellsWordsWhenItCannotLookForTheProgram) {
  world_.engine().add_program(is_search, [](Process& process) {
    process.write_err("sh: \x1b[2Jout of order\n");
    return 2;
  });
  const CallResult result = run();
  EXPECT_EQ(result.status, 125);
  EXPECT_THAT(result.err, StartsWith("cannot look for claude in the sandbox claude-sandbox-"));
  EXPECT_THAT(result.err, EndsWith(": sh: \\x1b[2Jout of order\n"));
}

TEST_F(AgentStart, BeginsAgainWhenTheSandboxIsStoppedBeforeTheProgramIsLookedFor) {
  world_.engine().add_program(is_search, [this](Process&) {
    sessions_.add_program("claude", [](Process&, support::SessionInput&) { return 7; });
    world_.engine().end_container(sandbox_, 137);
    return 0;
  });
  EXPECT_EQ(run().status, 7);
}

TEST_F(AgentStart, GivesUpOnASandboxThatIsStoppedByOthersAllTheTime) {
  // Whenever a program is to be started, somebody has just stopped the sandbox.
  world_.engine().add_fault({.call = k_creation,
                             .nth = 0,
                             .effect = Fault::Effect::none,
                             .before = [this] { world_.engine().end_container(sandbox_, 137); },
                             .refusal = Fault::Refusal{409, "Container x is not running"}});
  const CallResult result = run();
  EXPECT_EQ(result.status, 125);
  EXPECT_THAT(result.err, HasSubstr("all the time"));
}

}  // namespace
}  // namespace docker_sandbox::cli

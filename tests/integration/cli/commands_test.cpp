// SPDX-License-Identifier: Apache-2.0
#include "commands.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <utility>

namespace docker_sandbox::cli {
namespace {

using support::CallResult;
using support::Fault;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

TEST_F(Commands, LsWithoutSandboxesIsTheHeaderAlone) {
  const CallResult result = call({"ls"});
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(result.out, "SANDBOX ID   TEMPLATE   NAME   WORKSPACE   STATUS   CREATED\n");
  EXPECT_THAT(result.err, IsEmpty());
}

TEST_F(Commands, LsAsksTheEngineOnce) {
  const std::string id = add_sandbox("one");
  EXPECT_EQ(call({"ls", "-q", "--no-trunc"}).out, id + "\n");
  EXPECT_THAT(engine_.requests(), testing::SizeIs(1));
}

TEST_F(Commands, TheEngineIsTheOneOfTheGlobalOptions) {
  EXPECT_EQ(
      call({"-H", "unix://" + engine_.socket_path(), "sandbox", "ls"}, {{"DOCKER_HOST", "unix:///nowhere"}}).status, 0);
  const CallResult down = call({"--host=unix:///nowhere", "ls"});
  EXPECT_EQ(down.status, 1);
  EXPECT_EQ(down.err, "Cannot connect to the Docker daemon at unix:///nowhere. Is the docker daemon running?\n");
}

TEST_F(Commands, ASocketsPathThatIsTooLongIsToldAsThat) {
  const std::string host = "unix:///" + std::string(200, 'x');
  EXPECT_EQ(call({"-H", host, "ls"}).err, "the socket path of " + host + " is too long for a unix socket\n");
}

TEST_F(Commands, AHostTogetherWithAContextIsRefused) {
  const CallResult result = call({"--context", "x", "-H", "unix:///nowhere", "ls"});
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(result.err, "conflicting options: cannot specify both --host and --context\n");
}

TEST_F(Commands, AMalformedApiVersionIsRefused) {
  const CallResult result = call({"ls"}, {{"DOCKER_API_VERSION", "abc"}});
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.err, HasSubstr("DOCKER_API_VERSION: abc"));
  EXPECT_THAT(engine_.requests(), IsEmpty());
}

TEST_F(Commands, AnUnknownLogLevelIsRefused) {
  EXPECT_EQ(call({"-l", "loud", "ls"}).err, "Unable to parse logging level: loud\n");
  EXPECT_EQ(call({"-l", "loud", "ls"}).status, 1);
}

TEST_F(Commands, HelpIsAnAnswerAndNeedsNoEngine) {
  for (const std::vector<std::string>& words : {std::vector<std::string>{"help", "sandbox", "rm"},
                                                {"sandbox", "rm", "--help"},
                                                {"rm", "-h", "x"},
                                                {"--help", "rm"}}) {
    const CallResult result = call(words);
    EXPECT_EQ(result.status, 0);
    EXPECT_THAT(result.out, StartsWith("Usage:  docker sandbox rm SANDBOX [SANDBOX...]\n\n"));
    EXPECT_THAT(result.err, IsEmpty());
  }
  EXPECT_THAT(engine_.requests(), IsEmpty());
}

TEST_F(Commands, NoCommandIsTheTopLevelHelp) {
  EXPECT_EQ(call({"sandbox"}).status, 0);
  EXPECT_THAT(call({"sandbox"}).out, StartsWith("Usage:  docker sandbox [OPTIONS] COMMAND\n"));
  EXPECT_EQ(call({}).out, call({"sandbox", "--help"}).out);
}

TEST_F(Commands, AnUnknownFlagIsExplainedWithTheUseLine) {
  const CallResult result = call({"ls", "--env"});
  EXPECT_EQ(result.status, 125);
  EXPECT_EQ(result.err,
            "unknown flag: --env\n\nUsage:  docker sandbox ls [OPTIONS]\n\n"
            "Run 'docker sandbox ls --help' for more information\n");
}

TEST_F(Commands, AMistypedFlagIsAnsweredWithTheOneThatWasMeant) {
  EXPECT_EQ(call({"ls", "--quite"}).err,
            "unknown flag: --quite\n\nDid you mean --quiet?\n\nUsage:  docker sandbox ls [OPTIONS]\n\n"
            "Run 'docker sandbox ls --help' for more information\n");
}

TEST_F(Commands, AnUnknownCommandIsExplained) {
  const CallResult result = call({"sandbox", "x"});
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(result.err,
            "docker: unknown command: docker sandbox x\n\nUsage:  docker sandbox [OPTIONS] COMMAND\n\n"
            "Run 'docker sandbox --help' for more information\n");
}

TEST_F(Commands, AMistypedCommandIsAnsweredWithTheOneThatWasMeant) {
  EXPECT_EQ(call({"inspct", "x"}).err,
            "docker: unknown command: docker sandbox inspct\n\nDid you mean 'docker sandbox inspect'?\n\n"
            "Usage:  docker sandbox [OPTIONS] COMMAND\n\nRun 'docker sandbox --help' for more information\n");
}

TEST_F(Commands, ACommandOfAnotherGenerationIsAnsweredWithWhatDoesItHere) {
  const CallResult result = call({"save", "box", "my-image"});
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.err, StartsWith("docker: unknown command: docker sandbox save\n\n"));
  EXPECT_THAT(result.err,
              HasSubstr("\n  docker commit box my-image\n  docker sandbox run --template my-image AGENT\n"));
}

TEST_F(Commands, AMissingArgumentIsExplainedWithTheUseLine) {
  const CallResult result = call({"rm"});
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(
      result.err,
      "docker: 'docker sandbox rm' requires at least 1 argument\n\nUsage:  docker sandbox rm SANDBOX [SANDBOX...]\n\n"
      "See 'docker sandbox rm --help' for more information\n");
}

TEST_F(Commands, RunWithoutAnAgentListsTheAgents) {
  const CallResult result = call({"run", "-d"});
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(result.err,
            "docker: 'docker sandbox run' requires at least 1 argument\n\n"
            "Usage:  docker sandbox run [options] AGENT [agent-options]\n\n"
            "See 'docker sandbox run --help' for more information\n\n"
            "Available Agents:\n"
            "  claude          Run Claude AI agent inside a sandbox\n"
            "  gemini          Run Gemini AI agent inside a sandbox\n");
}

TEST_F(Commands, RunRefusesWhatItCannotUseBeforeTheEngineIsAsked) {
  const std::string workspace = engine_.directory().make("w");
  const auto refusal = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {"run", "-w", workspace});
    const CallResult result = call(words);
    EXPECT_EQ(result.status, 125);
    return result.err;
  };
  EXPECT_EQ(refusal({"cluade"}), "invalid agent: cluade (must be one of: claude, gemini)\n\nDid you mean claude?\n");
  EXPECT_THAT(refusal({"--credentials", "some", "claude"}),
              StartsWith("invalid credentials mode: some (must be one of: "));
  EXPECT_THAT(refusal({"--pull", "often", "claude"}), StartsWith("invalid pull option: 'often'"));
  EXPECT_THAT(refusal({"--name", "a b", "claude"}), StartsWith("invalid sandbox name \"a b\""));
  EXPECT_THAT(refusal({"-t", "a b", "claude"}), StartsWith("invalid template \"a b\""));
  EXPECT_THAT(refusal({"-w", "/nonexistent", "claude"}), StartsWith("cannot use the workspace /nonexistent: "));
  EXPECT_THAT(refusal({"-v", "/nonexistent:/x", "claude"}), HasSubstr("/nonexistent"));
  EXPECT_THAT(refusal({"-e", "=x", "claude"}), HasSubstr("the variable has no name"));
  EXPECT_THAT(engine_.requests(), IsEmpty());
}

TEST_F(Commands, WhatCannotBeReadIsRefusedBeforeTheEngineIsAsked) {
  const std::vector<std::pair<std::vector<std::string>, const char*>> calls{
      {{"run", "--force", "claude"}, "--force only works together with --recreate\n"},
      {{"logs", "--since", "so\x1b[2Jon", "x"},
       "invalid value for --since: \"so\\x1b[2Jon\" (must be a time such as 2026-01-31T12:00:00Z, or a duration such "
       "as "
       "10m)\n"},
      {{"logs", "--run", "two", "x"}, "invalid value for --run: \"two\" (must be the number of a run)\n"},
      {{"wait", "--run", "-1", "x"}, "invalid value for --run: \"-1\" (must be the number of a run)\n"},
      {{"prune", "-f", "--filter", "until"},
       "invalid argument \"until\" for \"--filter\" flag: bad format of filter (expected name=value)\n"},
      {{"prune", "-f", "--filter", "label=x"}, "invalid filter 'label'\n\nThe only filter is until=TIME.\n"},
      {{"prune", "-f", "--filter", "until=soon"}, "invalid value for the filter until: \"soon\"\n"}};
  for (const auto& [words, sentence] : calls) {
    const CallResult result = call(words);
    EXPECT_NE(result.status, 0) << sentence;
    EXPECT_THAT(result.err, StartsWith(sentence));
    EXPECT_THAT(result.out, IsEmpty());
  }
  EXPECT_THAT(engine_.requests(), IsEmpty());
}

TEST_F(Commands, AFilterThatSaysNothingIsNone) {
  const std::string id = add_sandbox("one");
  EXPECT_EQ(call({"ls", "-q", "--no-trunc", "--filter", ""}).out, id + "\n");
  EXPECT_EQ(call({"prune", "-f", "--filter", "", "--filter", "until=2000-01-01T00:00:00"}).status, 0);
  EXPECT_EQ(call({"ls", "-q", "--no-trunc"}).out, id + "\n") << "the other filter counts";
}

TEST_F(Commands, ADirectoryThatIsGoneIsKnownByTheNameThatTheShellHas) {
  const std::string id = add_sandbox("gone");
  const std::string gone = engine_.directory().path() + "/gone";
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(gone);
  std::filesystem::remove(gone);
  const CallResult named = call({"inspect", ".", "--format", "{{.ID}}"}, {{"PWD", gone}});
  const CallResult nameless = call({"inspect", "."});
  std::filesystem::current_path(before);
  EXPECT_EQ(named.out, id + "\n") << named.err;
  EXPECT_EQ(nameless.status, 1);
  EXPECT_EQ(nameless.err, "cannot tell the current directory: No such file or directory\n");
}

TEST_F(Commands, RunTellsOfThePullLineByLineWhereThereIsNoTerminal) {
  engine_.add_to_registry("remote:1", {}, /*broken=*/true);
  const std::string workspace = engine_.directory().make("w");
  const std::string failure =
      "Error response from daemon: filesystem layer verification failed for digest sha256:62df\n";
  const CallResult missing = call({"run", "-d", "-w", workspace, "-t", "remote:1", "claude"});
  EXPECT_EQ(missing.status, 125);
  EXPECT_EQ(missing.err,
            "Unable to find image 'remote:1' locally\nlatest: Pulling from remote:1\n62df00000000: Pulling fs layer\n"
            "62df00000000: Downloading\n" +
                failure);
  const CallResult always = call({"run", "-d", "--pull", "always", "-w", workspace, "-t", "remote:1", "claude"});
  EXPECT_THAT(always.err, StartsWith("latest: Pulling from remote:1\n")) << "nobody has looked for a local one";
  EXPECT_EQ(call({"run", "-dq", "-w", workspace, "-t", "remote:1", "claude"}).err, failure);
}

TEST_F(Commands, InspectShowsWhatIsThereAndTellsWhatIsNot) {
  const std::string id = add_sandbox("one", {{"API_KEY", "very secret"}, {"MODE", "fast"}});
  const CallResult result = call({"inspect", "one", "nothing"});
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(result.err, "Error: no such sandbox: nothing\n");
  const nlohmann::json shown = nlohmann::json::parse(result.out);
  ASSERT_EQ(shown.size(), 1U);
  EXPECT_EQ(shown[0]["id"], id);
  EXPECT_EQ(shown[0]["agent"], "claude");
  EXPECT_EQ(shown[0]["env"], (nlohmann::json{"API_KEY=********", "MODE=fast"}));
  EXPECT_THAT(call({"inspect", "--show-secrets", "one"}).out, HasSubstr("API_KEY=very secret"));
}

TEST_F(Commands, InspectOfNothingIsAnEmptyArray) {
  const CallResult result = call({"inspect", "nothing"});
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(result.out, "[]\n");
}

TEST_F(Commands, RmPrintsTheArgumentsAsGivenAndGoesOnAfterAnUnknownOne) {
  const std::string one = add_sandbox("one");
  const std::string two = add_sandbox("two");
  const CallResult result = call({"rm", "one", "nothing", two.substr(0, 12)});
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(result.out, "one\n" + two.substr(0, 12) + "\n");
  EXPECT_EQ(result.err, "Error: no such sandbox: nothing\n");
  EXPECT_TRUE(engine_.with_world([](support::FakeWorld& world) { return world.containers.empty(); }));
}

TEST_F(Commands, RmWithForceTakesAnUnknownOneAsRemoved) {
  const CallResult result = call({"rm", "-f", "nothing"});
  EXPECT_EQ(result.status, 0);
  EXPECT_THAT(result.out, IsEmpty());
  EXPECT_THAT(result.err, IsEmpty());
}

TEST_F(Commands, RmGoesOnAfterOneThatTheEngineRefusesToRemove) {
  add_sandbox("one");
  add_sandbox("two");
  Fault fault;
  fault.call = {"DELETE", "/containers/*"};
  fault.effect = Fault::Effect::none;
  fault.refusal = Fault::Refusal{.status = 500, .message = "device or resource busy"};
  engine_.add_fault(fault);
  const CallResult result = call({"rm", "one", "two"});
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(result.out, "two\n");
  EXPECT_EQ(result.err, "Error response from daemon: device or resource busy\n");
}

TEST_F(Commands, RmLeavesForeignContainersAlone) {
  engine::EngineClient client(engine_.endpoint(), {}, std::nullopt);
  const std::string id = client.create_container("foreign", {.image = k_image}).id;
  for (const std::string& argument : {std::string("foreign"), id, id.substr(0, 1)}) {
    EXPECT_EQ(call({"rm", argument}).err, "Error: no such sandbox: " + argument + "\n");
  }
  EXPECT_EQ(engine_.count({"DELETE", "*"}), 0U);
}

TEST_F(Commands, ExecOnAnUnknownSandboxFailsAsASession) {
  const CallResult result = call({"exec", "nothing", "ls"});
  EXPECT_EQ(result.status, 125);
  EXPECT_EQ(result.err, "Error: no such sandbox: nothing\n");
}

TEST_F(Commands, ExecWithATerminalNeedsOneToForward) {
  const CallResult result = call({"exec", "-it", "nothing", "ls"});
  EXPECT_EQ(result.status, 125);
  EXPECT_EQ(result.err, "the input device is not a TTY\n");
}

TEST_F(Commands, NamesFromOutsideNeverReachTheTerminalRaw) {
  EXPECT_EQ(call({"rm", "a\x1b[2Jb"}).err, "Error: no such sandbox: a\\x1b[2Jb\n");
  EXPECT_THAT(call({"a\x1b[2Jb"}).err, StartsWith("docker: unknown command: docker sandbox a\\x1b[2Jb\n"));
}

TEST_F(Commands, WithFormatJsonEveryFailureIsOneObjectOnStderr) {
  using Words = std::vector<std::string>;
  const std::vector<std::pair<Words, int>> calls{
      {{"ls", "--bad", "--format", "json"}, 125},
      {{"ls", "--format=json", "--filter", "bad=1"}, 1},
      {{"ls", "--format", "json", "x"}, 1},
      {{"inspect", "-f", "json", "nobody"}, 1},
      {{"rm", "--bad", "--format", "json", "x"}, 125},
      {{"nosuch", "--format", "json"}, 1},
      {{"--bad", "ls", "--format", "json"}, 125},
      {{"-H", "unix:///nowhere", "ls", "--format", "json"}, 1},
      {{"run", "-q", "--format", "json", "claude"}, 125},
      {{"-l", "loud", "ls", "--format", "json"}, 1},
  };
  for (const auto& [words, status] : calls) {
    const CallResult result = call(words);
    EXPECT_EQ(result.status, status) << words[0] << ' ' << words[1];
    EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
    const nlohmann::json error = nlohmann::json::parse(result.err, nullptr, false);
    ASSERT_FALSE(error.is_discarded()) << result.err;
    EXPECT_EQ(error.size(), 1U);
    EXPECT_EQ(error["error"].size(), 3U);
    EXPECT_NE(error["error"].value("message", ""), "") << result.err;
  }
  EXPECT_THAT(call({"run", "--bad", "claude", "--format", "json"}).err, StartsWith("unknown flag: --bad\n"));
}

TEST_F(Commands, AWordInPlaceOfTheAgentIsAnsweredWithWhatWasMeant) {
  add_sandbox("web");
  const CallResult name = call({"run", "web", "-p", "hi"});
  EXPECT_EQ(name.status, 125);
  EXPECT_EQ(name.err,
            "invalid agent: web (must be one of: claude, gemini)\n\n"
            "A sandbox is entered through its workspace:\n  docker sandbox run -w " +
                engine_.directory().path() + "/web claude -p hi\n");
  EXPECT_EQ(call({"run", "copilot"}).err, "invalid agent: copilot (must be one of: claude, gemini)\n");
  EXPECT_EQ(call({"-H", "unix:///nowhere", "run", "copilot"}).err,
            "invalid agent: copilot (must be one of: claude, gemini)\n");
}

}  // namespace
}  // namespace docker_sandbox::cli

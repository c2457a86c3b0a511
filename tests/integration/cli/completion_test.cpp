// SPDX-License-Identifier: Apache-2.0
#include "commands.hpp"

#include <gmock/gmock.h>

/// What the docker CLI's scripts and hooks ask for.
namespace docker_sandbox::cli {
namespace {

using support::CallResult;
using testing::IsEmpty;
using testing::StartsWith;

TEST_F(Commands, CompletionOffersTheSandboxesWithADescription) {
  add_sandbox("one");
  add_sandbox("two");
  const CallResult result = call({"__complete", "sandbox", "rm", "two", ""});
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(result.out, "one\tclaude, created, " + engine_.directory().path() + "/one\n:4\n");
  EXPECT_EQ(call({"__completeNoDesc", "rm", "t"}).out, "two\n:4\n") << "as older scripts ask";
  EXPECT_EQ(call({"__complete", "sandbox", "rm", "x"}).out, ":4\n");
}

TEST_F(Commands, CompletionOffersTheIdThatIsBegun) {
  const std::string id = add_sandbox("one");
  EXPECT_THAT(call({"__complete", "sandbox", "inspect", id.substr(0, 3)}).out,
              StartsWith(id.substr(0, 12) + "\tone, claude"));
}

TEST_F(Commands, CompletionOffersLocalImages) {
  engine_.add_image("another:2");
  EXPECT_EQ(call({"__complete", "sandbox", "run", "-t", ""}).out, "another:2\ntemplate:1\n:4\n");
  EXPECT_EQ(call({"__complete", "sandbox", "run", "--template=te"}).out, "template:1\n:4\n");
}

TEST_F(Commands, CompletionNeedsNoEngineForWordsOfItsOwn) {
  EXPECT_EQ(call({"__complete", "sandbox", "run", "--credentials", "s"}).out,
            "sandbox\tAuthenticate once and share credentials across sandboxes\n:4\n");
  EXPECT_EQ(call({"__complete", "sandbox", "ver"}).out, "version\tShow sandbox version information\n:4\n");
  EXPECT_EQ(call({"__complete", "sandbox", "run", "-w", ""}).out, ":16\n");
  EXPECT_EQ(call({"__complete", "sandbox", "run", "g"}).out, "gemini\tRun Gemini AI agent inside a sandbox\n:4\n");
  EXPECT_EQ(call({"__complete", "sandbox", "ls", "--format", "j"}).out, "json\n:4\n");
  EXPECT_EQ(call({"__complete", "sandbox", "ls", "-f", "n"}).out, "name=\n:6\n") << "the value follows without a blank";
  EXPECT_THAT(engine_.requests(), IsEmpty());
}

TEST_F(Commands, CompletionIsSilentWithoutAnEngine) {
  for (const char* host : {"unix:///nowhere", "nonsense://x"}) {
    const CallResult result = call({"__complete", "sandbox", "rm", ""}, {{"DOCKER_HOST", host}});
    EXPECT_EQ(result.status, 0);
    EXPECT_EQ(result.out, ":4\n");
    EXPECT_THAT(result.err, IsEmpty());
  }
}

TEST_F(Commands, TheHooksOfTheDockerCliGetAnEmptyAnswer) {
  const CallResult result = call({"sandbox", "docker-cli-plugin-hooks", "{\"RootCmd\":\"ps\"}"});
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(result.out, "{}\n");
}

}  // namespace
}  // namespace docker_sandbox::cli

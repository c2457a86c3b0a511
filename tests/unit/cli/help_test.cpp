// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/cli/help.hpp"

#include "docker_sandbox/base/text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace docker_sandbox::cli {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string help_of(const std::string& name) {
  const Command* command = find_command(name);
  OptionSet options;
  const Action action = command->declare(options);
  return render_command_help(*command, options.describe());
}

Command a_command(std::size_t at_least, std::size_t at_most) {
  return {.name = "x", .usage = "x A", .summary = "S", .at_least = at_least, .at_most = at_most, .declare = {}};
}

std::string complaint(const Command& command, std::size_t count) {
  const std::optional<base::Error> error = check_arguments(command, count);
  return error ? error->what() : std::string();
}

TEST(Help, OfTheProgramHasDockersLayout) {
  EXPECT_EQ(render_root_help({{.name = "inspect", .usage = "", .summary = "Look", .declare = {}},
                              {.name = "ls", .usage = "", .summary = "List", .declare = {}},
                              {.name = "secret", .usage = "", .summary = "Not shown", .hidden = true, .declare = {}}}),
            "Usage:  docker sandbox [OPTIONS] COMMAND\n"
            "\n"
            "Local sandbox environments for AI agents, using Docker.\n"
            "\n"
            "Options:\n"
            "  -D, --debug   Enable debug logging\n"
            "\n"
            "Commands:\n"
            "  inspect     Look\n"
            "  ls          List\n"
            "\n"
            "Run 'docker sandbox COMMAND --help' for more information on a command.\n");
}

TEST(Help, ListsTheCommandsWithTheWordsOfTheOriginal) {
  const std::string text = render_root_help(commands());
  for (const char* line :
       {"  inspect     Display detailed information on one or more sandboxes\n", "  ls          List sandboxes\n",
        "  rm          Remove one or more sandboxes\n", "  run         Run an AI agent inside a sandbox\n",
        "  version     Show sandbox version information\n"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST(Help, OfACommandHasItsUseLineAliasesAndOptions) {
  EXPECT_THAT(help_of("ls"), StartsWith("Usage:  docker sandbox ls [OPTIONS]\n"
                                        "\n"
                                        "List sandboxes\n"
                                        "\n"
                                        "Aliases:\n"
                                        "  docker sandbox ls, docker sandbox list\n"));
  EXPECT_THAT(help_of("ls"), HasSubstr("\nOptions:\n"));
  EXPECT_EQ(help_of("list"), help_of("ls"));
}

TEST(Help, WrapsTheTableAsPflagDoes) {
  EXPECT_EQ(render_options(
                {{.name = "credentials",
                  .type = "string",
                  .help = "Credentials source (host, sandbox, or none)",
                  .default_text = "sandbox"},
                 {.name = "detached", .shorthand = 'd', .help = "Create sandbox without running agent interactively"},
                 {.name = "hidden", .help = "Not shown", .hidden = true},
                 {.name = "mount-docker-socket", .help = "Mount the host's Docker socket into the sandbox"}}),
            "      --credentials string    Credentials source (host, sandbox, or none)\n"
            "                              (default \"sandbox\")\n"
            "  -d, --detached              Create sandbox without running agent\n"
            "                              interactively\n"
            "      --mount-docker-socket   Mount the host's Docker socket into the sandbox\n");
}

TEST(Help, OfRunHasTheOriginalsWordsForEachOption) {
  const std::string text = help_of("run");
  for (const char* line : {"      --credentials string    Credentials source (host, sandbox, or none)\n",
                           "  -d, --detached              Create sandbox without running agent",
                           "  -e, --env list              Set environment variables (format: KEY=VALUE)\n",
                           "      --mount-docker-socket   Mount the host's Docker socket into the sandbox\n",
                           "      --name string           Name for the sandbox\n",
                           "  -q, --quiet                 Suppress verbose output\n",
                           "  -w, --workspace string      Workspace path (default \".\")\n",
                           "\nAvailable Agents:\n"
                           "  claude          Run Claude AI agent inside a sandbox\n"
                           "  gemini          Run Gemini AI agent inside a sandbox\n"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
  EXPECT_THAT(text, Not(HasSubstr("--detach ")));
}

TEST(Help, FitsInto80Columns) {
  std::vector<std::string> texts{render_root_help(commands())};
  for (const Command& command : commands()) {
    texts.push_back(help_of(command.name));
  }
  for (const std::string& text : texts) {
    for (const std::string& line : base::split(text, '\n')) {
      EXPECT_LE(line.size(), 80U) << line;
    }
  }
}

TEST(Arguments, AreCountedInDockersWords) {
  EXPECT_EQ(complaint(a_command(1, k_any_number), 0), "docker: 'docker sandbox x' requires at least 1 argument");
  EXPECT_EQ(complaint(a_command(2, k_any_number), 1), "docker: 'docker sandbox x' requires at least 2 arguments");
  EXPECT_EQ(complaint(a_command(0, 0), 1), "docker: 'docker sandbox x' accepts no arguments");
  EXPECT_EQ(complaint(a_command(1, 1), 2), "docker: 'docker sandbox x' requires 1 argument");
  EXPECT_EQ(complaint(a_command(0, 2), 3), "docker: 'docker sandbox x' requires at most 2 arguments");
  EXPECT_EQ(complaint(a_command(1, 2), 3), "docker: 'docker sandbox x' requires at least 1 and at most 2 arguments");
  EXPECT_EQ(complaint(a_command(1, 2), 2), "");
}

TEST(Arguments, MissingOnesAreExplained) {
  const std::optional<base::Error> rm = check_arguments(*find_command("rm"), 0);
  ASSERT_TRUE(rm);
  EXPECT_EQ(rm->hint(),
            "Usage:  docker sandbox rm SANDBOX [SANDBOX...]\n\nSee 'docker sandbox rm --help' for more information");
  const std::optional<base::Error> run = check_arguments(*find_command("run"), 0);
  ASSERT_TRUE(run);
  EXPECT_THAT(run->hint(),
              HasSubstr("See 'docker sandbox run --help' for more information\n\nAvailable Agents:\n  claude "));
}

TEST(Commands, AreInAlphabeticalOrderAndKnownByTheirAliases) {
  for (std::size_t i = 1; i < commands().size(); ++i) {
    EXPECT_LT(commands()[i - 1].name, commands()[i].name);
  }
  EXPECT_EQ(find_command("remove"), find_command("rm"));
  EXPECT_EQ(find_command("list"), find_command("ls"));
  EXPECT_EQ(find_command("nope"), nullptr);
}

}  // namespace
}  // namespace docker_sandbox::cli

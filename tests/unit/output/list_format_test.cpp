// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/output/list_filter.hpp"
#include "docker_sandbox/output/list_view.hpp"
#include "docker_sandbox/output/table.hpp"
#include "support/errors.hpp"
#include "support/time_zone.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace docker_sandbox::output {
namespace {

using support::TimeZone;
using testing::HasSubstr;

SandboxView sandbox(const std::string& name) {
  SandboxView view;
  view.id = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
  view.name = name;
  view.agent = "claude";
  view.template_image = "docker/sandbox-templates:claude-code";
  view.workspace = "/home/user/projects/clients/a-long-name/my-project";
  view.status = "running";
  view.created_unix = 1'700'000'000;
  view.credentials = "sandbox";
  view.labels = {{"com.x.team-name_of", "blue"}, {"docker/sandbox", "true"}};
  return view;
}

std::string listed(const std::string& format, const std::vector<SandboxView>& sandboxes, const ListStyle& style = {}) {
  return ListFormat(format).render(sandboxes, style);
}

std::string error_of(const std::string& format) {
  return support::message_of([&] { listed(format, {sandbox("demo")}); });
}

TEST(ListFormat, EveryFieldOfTheContractIsThere) {
  const TimeZone zone("UTC");
  EXPECT_EQ(listed("{{.ID}}|{{.Name}}|{{.Agent}}|{{.Template}}|{{.Workspace}}|{{.Status}}|{{.CreatedAt}}|"
                   "{{.Credentials}}|{{.Labels}}",
                   {sandbox("demo")}),
            "0123456789ab|demo|claude|docker/sandbox-templates:claude-code|"
            "/home/user/projects/clients/a-long-name/my-project|running|2023-11-14 22:13:20 +0000 UTC|sandbox|"
            "com.x.team-name_of=blue,docker/sandbox=true\n");
}

TEST(ListFormat, TakesTheNamesOfDockerPs) {
  EXPECT_EQ(
      listed(R"({{.Names}} {{.Image}} {{.State}} {{.Label "com.x.team-name_of"}}{{.Label "no"}})", {sandbox("demo")}),
      "demo docker/sandbox-templates:claude-code running blue\n");
}

TEST(ListFormat, JsonIsOneObjectALine) {
  const TimeZone zone("UTC");
  const std::string object =
      R"({"Agent":"claude","CreatedAt":"2023-11-14 22:13:20 +0000 UTC","Credentials":"sandbox","ID":"0123456789ab",)"
      R"("Labels":"com.x.team-name_of=blue,docker/sandbox=true","Name":"demo","Status":"running",)"
      R"("Template":"docker/sandbox-templates:claude-code",)"
      R"("Workspace":"/home/user/projects/clients/a-long-name/my-project"})";
  EXPECT_EQ(listed("json", {sandbox("demo"), sandbox("demo")}), object + "\n" + object + "\n");
  EXPECT_EQ(listed("json", {}), "");
}

TEST(ListFormat, NoTruncGivesTheWholeId) {
  EXPECT_EQ(listed("{{.ID}}", {sandbox("demo")}, {.no_trunc = true}), sandbox("demo").id + "\n");
}

TEST(ListFormat, TableIsTheDefault) {
  const std::vector<SandboxView> sandboxes{sandbox("demo")};
  EXPECT_EQ(listed("table", sandboxes), render_list(sandboxes, {}));
  EXPECT_EQ(listed("", sandboxes), render_list(sandboxes, {}));
}

TEST(ListFormat, QuietWins) {
  EXPECT_EQ(listed("{{.Name}}", {sandbox("demo")}, {.quiet = true}), "0123456789ab\n");
}

TEST(ListFormat, ATableHasDockersWidthsAndHeaders) {
  EXPECT_EQ(listed(R"(table {{.Name}}\t{{upper .Agent}}\t{{.Label "com.x.team-name_of"}}\t{{.ID}})",
                   {sandbox("a"), sandbox("longer-than-ten")}),
            "NAME              AGENT     team name of   SANDBOX ID\n"
            "a                 CLAUDE    blue           0123456789ab\n"
            "longer-than-ten   CLAUDE    blue           0123456789ab\n");
  EXPECT_EQ(listed("table {{.Name}}", {}), "NAME\n");
}

TEST(ListFormat, EscapesOfTheShellBecomeTabsAndLines) {
  EXPECT_EQ(listed(R"(  {{.Name}}\t\n{{.Agent}} )", {sandbox("demo")}), "demo\t\nclaude\n");
}

TEST(ListFormat, MistakesAreToldInDockersWords) {
  EXPECT_EQ(error_of("{{.Foo}}"),
            R"(template parsing error: template: :1:2: executing "" at <.Foo>: can't evaluate field Foo in type )"
            "*formatter.SandboxContext");
  EXPECT_EQ(error_of("{{.Name"), "template parsing error: template: :1: unclosed action");
  EXPECT_THROW(ListFormat("table {{"), base::Error);  // before the engine is asked
}

TEST(ListFormat, ControlCharactersReachScriptsButNoTerminal) {
  SandboxView odd = sandbox("demo");
  odd.workspace = "/w\x1b[2J";
  EXPECT_EQ(listed("{{.Workspace}}", {odd}), "/w\x1b[2J\n");
  EXPECT_EQ(listed("{{.Workspace}}", {odd}, {.destination = Destination::terminal}), "/w\\x1b[2J\n");
  EXPECT_EQ(listed("table {{.Workspace}}", {odd}), "WORKSPACE\n/w\\x1b[2J\n");
}

TEST(AlignColumns, AlignsRunsOfLinesThatHaveTheColumn) {
  EXPECT_EQ(align_columns("a\tb\nlong-long-long\tc\n"), "a                b\nlong-long-long   c\n");
  EXPECT_EQ(align_columns("a\tb\nno tab\nlong-long-long\tc\n"), "a         b\nno tab\nlong-long-long   c\n");
  EXPECT_EQ(align_columns("äöüäöüäöüäöü\tb\nx\ty"), "äöüäöüäöüäöü   b\nx              y\n");
  EXPECT_EQ(align_columns("a\tb\tc\n\tlong-long-long\t\nx\ty\n"),
            "a         b                c\n          long-long-long   \nx         y\n");
  EXPECT_EQ(align_columns(""), "\n");
}

TEST(AlignColumns, ALineMayHaveAnyNumberOfColumns) {
  constexpr std::size_t k_tabs = 500'000;
  EXPECT_EQ(align_columns(std::string(k_tabs, '\t')), std::string(k_tabs * 10, ' ') + "\n");
}

// -- filters ------------------------------------------------------------------------------------------------------------

bool matches(const std::vector<std::string>& filters, const SandboxView& view) {
  return ListFilter(filters, [](const std::string& path) { return "/resolved/" + path; }).matches(view);
}

std::string filter_error(const std::string& filter) {
  return support::message_of([&] { matches({filter}, sandbox("demo")); });
}

TEST(ListFilter, EachConditionSelects) {
  SandboxView view = sandbox("claude-sandbox-2025");
  view.workspace = "/resolved/x";
  for (const char* filter : {"name=sandbox-20", "name=^claude-.*-2025$", "name=claude-sandbox-2025", "id=0123456789ab",
                             "id=^0123", "status=running", "agent=claude", "workspace=x", "label=docker/sandbox",
                             "label=com.x.team-name_of=blue", " Name = claude ", ""}) {
    EXPECT_TRUE(matches({filter}, view)) << filter;
  }
  for (const char* filter : {"name=gemini", "name=^sandbox", "id=^123", "status=exited", "agent=gemini", "agent=claud",
                             "workspace=y", "label=nope", "label=com.x.team-name_of=red"}) {
    EXPECT_FALSE(matches({filter}, view)) << filter;
  }
}

TEST(ListFilter, SeveralOfOneNameAreAlternativesAndOfDifferentNamesConditions) {
  const SandboxView view = sandbox("demo");
  EXPECT_TRUE(matches({"name=other", "name=demo"}, view));
  EXPECT_TRUE(matches({"status=exited", "status=running", "agent=claude"}, view));
  EXPECT_FALSE(matches({"name=demo", "agent=gemini"}, view));
}

TEST(ListFilter, AllLabelsMustMatch) {
  const SandboxView view = sandbox("demo");
  EXPECT_TRUE(matches({"label=docker/sandbox", "label=com.x.team-name_of=blue"}, view));
  EXPECT_FALSE(matches({"label=docker/sandbox", "label=nope"}, view));
}

TEST(ListFilter, MistakesAreToldInDockersWords) {
  EXPECT_EQ(filter_error("foo"),
            R"(invalid argument "foo" for "-f, --filter" flag: bad format of filter (expected name=value))");
  EXPECT_EQ(filter_error("foo=bar"), "invalid filter 'foo'");
  EXPECT_EQ(filter_error("=bar"), "invalid filter ''");
  EXPECT_EQ(filter_error("status=up"), "invalid filter 'status=up'");
  EXPECT_THAT(filter_error("name=["), HasSubstr("invalid regular expression '['"));
  EXPECT_EQ(filter_error("id=" + std::string(100'000, '(')),
            "invalid regular expression in a filter: longer than 1024 bytes");
}

}  // namespace
}  // namespace docker_sandbox::output

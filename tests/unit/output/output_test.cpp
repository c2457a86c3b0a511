// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/output/inspect_view.hpp"
#include "docker_sandbox/output/list_view.hpp"
#include "docker_sandbox/output/progress.hpp"
#include "docker_sandbox/output/table.hpp"
#include "support/errors.hpp"

#include <gtest/gtest.h>

namespace docker_sandbox::output {
namespace {

SandboxView example() {
  SandboxView view;
  view.id = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
  view.name = "demo";
  view.agent = "claude";
  view.template_image = "docker/sandbox-templates:claude-code";
  view.image_id = "sha256:1";
  view.workspace = "/home/user/projects/clients/a-long-name/my-project";
  view.status = "running";
  view.created_unix = 1'700'000'000;
  view.created_at = "2023-11-14T22:13:20.000000001Z";
  view.credentials = "sandbox";
  view.labels = {{"docker/sandbox", "true"}, {"a", "b"}};
  view.user = "1000";
  view.env = {"API_KEY=abc", "NODE_ENV=development", "DATABASE_URL=postgresql://u:p@h/db"};
  view.mounts = {{.type = "bind", .source = "/s", .target = "/t", .read_only = true}};
  view.network = "bridge";
  return view;
}

TEST(List, HasDockersColumns) {
  EXPECT_EQ(
      render_list({example()}, {}),
      "SANDBOX ID     TEMPLATE                               NAME   WORKSPACE                   STATUS    CREATED\n"
      "0123456789ab   docker/sandbox-templates:claude-code   demo   /home/user/.../my-project   running   "
      "2023-11-14 22:13:20\n");
}

TEST(List, WithoutSandboxesIsTheHeaderAlone) {
  EXPECT_EQ(render_list({}, {}), "SANDBOX ID   TEMPLATE   NAME   WORKSPACE   STATUS   CREATED\n");
  EXPECT_EQ(render_list({}, {.quiet = true}), "");
}

TEST(List, QuietIsIdsOnly) {
  EXPECT_EQ(render_list({example()}, {.quiet = true}), "0123456789ab\n");
  EXPECT_EQ(render_list({example()}, {.quiet = true, .no_trunc = true}), example().id + "\n");
}

TEST(List, NoTruncShowsAll) {
  const std::string text = render_list({example()}, {.no_trunc = true});
  EXPECT_NE(text.find(example().id), std::string::npos);
  EXPECT_NE(text.find(example().workspace), std::string::npos);
}

TEST(Table, ControlCharactersCannotReachTheTerminal) {
  EXPECT_EQ(render_table({{"a\x1b[2J", "b"}}), "a\\x1b[2J   b\n");
}

TEST(Table, ColumnsAlignByCharactersNotBytes) {
  EXPECT_EQ(render_table({{"äö", "x"}, {"abc", "y"}}), "äö    x\nabc   y\n");
}

TEST(ShortenPath, KeepsShortOnesAndWhatHasNoMiddle) {
  EXPECT_EQ(shorten_path("/home/user/x"), "/home/user/x");
  const std::string flat = "/" + std::string(60, 'x');
  EXPECT_EQ(shorten_path(flat), flat);
}

TEST(Inspect, KeysStandInTheirOrder) {
  EXPECT_EQ(render_inspect({example()}, false), R"([
  {
    "id": "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    "name": "demo",
    "workspace": "/home/user/projects/clients/a-long-name/my-project",
    "created_at": "2023-11-14T22:13:20.000000001Z",
    "status": "running",
    "template": "docker/sandbox-templates:claude-code",
    "labels": {
      "a": "b",
      "docker/sandbox": "true"
    },
    "agent": "claude",
    "credentials": "sandbox",
    "image_id": "sha256:1",
    "user": "1000",
    "env": [
      "API_KEY=********",
      "NODE_ENV=development",
      "DATABASE_URL=postgresql://u:********@h/db"
    ],
    "mounts": [
      {
        "type": "bind",
        "source": "/s",
        "target": "/t",
        "read_only": true
      }
    ],
    "docker_socket": false,
    "network": "bridge"
  }
]
)");
}

TEST(Inspect, SecretsAreShownWhenAskedFor) {
  EXPECT_NE(render_inspect({example()}, true).find("API_KEY=abc"), std::string::npos);
}

std::string inspected(const std::string& format, const std::vector<SandboxView>& sandboxes) {
  return InspectFormat(format).render(sandboxes, false, Destination::other);
}

TEST(Inspect, ATemplateFindsTheKeysInAnyCase) {
  EXPECT_EQ(inspected("{{.Name}} {{.name}} {{.CREATED_AT}} {{.CreatedAt}} {{.DockerSocket}}", {example()}),
            "demo demo 2023-11-14T22:13:20.000000001Z 2023-11-14T22:13:20.000000001Z false\n");
  EXPECT_EQ(
      inspected(R"({{range .Mounts}}{{.Source}}:{{.Target}}:{{.ReadOnly}}{{end}} {{index .Labels "a"}})", {example()}),
      "/s:/t:true b\n");
  EXPECT_EQ(inspected(R"({{join .Env " "}})", {example()}),
            "API_KEY=******** NODE_ENV=development DATABASE_URL=postgresql://u:********@h/db\n");
}

TEST(Inspect, ATemplateIsRenderedForEachSandbox) {
  EXPECT_EQ(inspected("{{.Name}}", {example(), example()}), "demo\ndemo\n");
}

TEST(Inspect, JsonIsTheArrayOnOneLine) {
  SandboxView view;
  view.labels = {{"a", "<b>"}};
  EXPECT_EQ(inspected("json", {view}),
            R"([{"id":"","name":"","workspace":"","created_at":"","status":"","template":"","labels":{"a":"<b>"},)"
            R"("agent":"","credentials":"","image_id":"","user":"","env":[],"mounts":[],"docker_socket":false,)"
            R"("network":""}])"
            "\n");
  EXPECT_EQ(inspected("json", {}), "[]\n");
}

TEST(Inspect, AnUnknownKeyIsAnError) {
  EXPECT_EQ(support::message_of([] { inspected("{{.Foo}}", {example()}); }),
            R"(template parsing error: template: :1:2: executing "" at <.Foo>: map has no entry for key "Foo")");
}

TEST(Inspect, ControlCharactersCannotReachTheTerminal) {
  SandboxView view = example();
  view.name = "\u009b2J\x7f\x1b";
  view.labels = {{"\u0085", "\a\u009d"}};
  view.env = {"A=\u009b"};
  const std::string text = render_inspect({view}, false);
  EXPECT_NE(text.find(R"("name": "\u009b2J\u007f\u001b")"), std::string::npos) << text;
  EXPECT_NE(text.find(R"("\u0085": "\u0007\u009d")"), std::string::npos) << text;
  EXPECT_EQ(InspectFormat("{{.labels}}{{.env}}").render({view}, false, Destination::terminal),
            R"(map[\u0085:\x07\u009d][A=\u009b])"
            "\n");
}

TEST(Inspect, OfNothingIsAnEmptyArray) {
  EXPECT_EQ(render_inspect({}, false), "[]\n");
}

TEST(Secrets, AreKnownByName) {
  for (const char* name : {"API_KEY", "ANTHROPIC_API_KEY", "apiKey", "GH_TOKEN", "MYSQL_PWD", "DB_PASS", "NPM_AUTH",
                           "AWS_SECRET_ACCESS_KEY", "PGPASSWORD", "SSH_KEYS", "github-pat"}) {
    EXPECT_TRUE(says_secret(name)) << name;
  }
  for (const char* name : {"NODE_ENV", "PWD", "KEYBOARD", "PATH", "AUTHOR", "DEBUG", "COMPASS"}) {
    EXPECT_FALSE(says_secret(name)) << name;
  }
}

TEST(MaskVariable, HidesThePasswordOfEachUrl) {
  EXPECT_EQ(mask_variable("A=http://u:p@h"), "A=http://u:********@h");
  EXPECT_EQ(mask_variable("A=http://u:p@q@h:80/x"), "A=http://u:********@h:80/x");
  EXPECT_EQ(mask_variable("A=http://h:80/@x ftp://h"), "A=http://h:80/@x ftp://h");
  EXPECT_EQ(mask_variable("A=http://u:p@h/,https://v:q@i/x"), "A=http://u:********@h/,https://v:********@i/x");
  EXPECT_EQ(mask_variable("A=://:p@://"), "A=://:********@://");
  for (const char* without : {"API_KEY", "API_KEY="}) {
    EXPECT_EQ(mask_variable(without), without) << "there is no value to be masked";
  }
}

TEST(Progress, ATaskKeepsItsLine) {
  ProgressBars bars(80);
  EXPECT_EQ(bars.update({.id = "a", .status = "Waiting"}), "a: Waiting\r\n");
  EXPECT_EQ(bars.update({.id = "b", .status = "Waiting"}), "b: Waiting\r\n");
  EXPECT_EQ(bars.update({.id = "a", .status = "Downloading", .current = 1500, .total = 3'000'000}),
            "\x1b[2A\r\x1b[2Ka: Downloading 1.5kB/3MB\r\x1b[2B");
}

TEST(Progress, NoLineIsLongerThanTheTerminal) {
  ProgressBars bars(20);
  EXPECT_EQ(bars.update({.id = "a", .status = std::string(100, 'x')}), "a: " + std::string(16, 'x') + "\r\n");
  EXPECT_EQ(bars.update({.id = "b", .status = "0123456789012345ä"}), "b: 0123456789012345\r\n");
  EXPECT_EQ(bars.update({.id = "c", .status = "012345678901234ää"}), "c: 012345678901234ä\r\n");
}

}  // namespace
}  // namespace docker_sandbox::output

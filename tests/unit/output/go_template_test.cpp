// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/output/go_template.hpp"

#include "docker_sandbox/base/error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace docker_sandbox::output {
namespace {

using testing::HasSubstr;

/// A volume as `docker volume ls` has it: what tests/golden/templates.txt was made with.
TemplateValue volume() {
  TemplateMap row;
  row.type_name = "*formatter.volumeContext";
  row.missing = TemplateMap::Missing::no_such_field;
  row.entries = {{"Driver", TemplateValue("local")}, {"Labels", TemplateValue("a=b")}, {"Name", TemplateValue("v1")}};
  row.methods = {{"Label", [](const std::string& name) { return TemplateValue(name == "a" ? "b" : ""); }}};
  return TemplateValue(std::move(row));
}

TemplateValue map_of(TemplateMap::Missing missing) {
  TemplateMap inner;
  inner.entries = {{"c", TemplateValue("d")}, {"a", TemplateValue("b")}};
  TemplateMap map;
  map.type_name = "map[string]interface {}";
  map.missing = missing;
  map.names = TemplateMap::Names::any_case;
  map.entries = {{"created_at", TemplateValue("now")},
                 {"labels", TemplateValue(std::move(inner))},
                 {"list", TemplateValue::list({TemplateValue("x"), TemplateValue(true)})},
                 {"none", TemplateValue::list({})}};
  return TemplateValue(std::move(map));
}

/// The text, or the error without what all have in common.
std::string rendered(const std::string& text, const TemplateValue& data) {
  try {
    return GoTemplate(text).render(data);
  } catch (const base::Error& error) {
    EXPECT_EQ(error.kind(), base::ErrorKind::invalid_value);
    const std::string start = "template parsing error: template: ";
    EXPECT_EQ(std::string(error.what()).substr(0, start.size()), start);
    return "! " + std::string(error.what()).substr(std::min(start.size(), std::string(error.what()).size()));
  }
}

std::string unescaped(const std::string& text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) {
      ++i;
      result += text[i] == 'n' ? '\n' : text[i];
    } else {
      result += text[i];
    }
  }
  return result;
}

TEST(GoTemplate, RendersWhatDockerRenders) {
  std::ifstream file(DOCKER_SANDBOX_GOLDEN "/templates.txt");
  ASSERT_TRUE(file);
  std::size_t cases = 0;
  std::string text;
  std::string answer;
  while (std::getline(file, text)) {
    if (text.empty() || text.front() == '#') {
      continue;
    }
    ASSERT_TRUE(std::getline(file, answer));
    ASSERT_GE(answer.size(), 2U);
    const std::string expected = (answer.front() == '=' ? "" : "! ") + unescaped(answer.substr(2));
    const std::size_t begin = text.find_first_not_of(' ');
    const std::size_t end = text.find_last_not_of(' ');
    EXPECT_EQ(rendered(text.substr(begin, end - begin + 1), volume()), expected) << text;
    ++cases;
  }
  EXPECT_GT(cases, 150U);
}

TEST(GoTemplate, FindsTheKeysOfAMapInAnyCase) {
  const TemplateValue data = map_of(TemplateMap::Missing::no_such_key);
  EXPECT_EQ(rendered("{{.created_at}} {{.CreatedAt}} {{.Created_At}} {{.CREATED_AT}}", data), "now now now now");
  EXPECT_EQ(rendered("{{.nope}}", data), R"(! :1:2: executing "" at <.nope>: map has no entry for key "nope")");
}

TEST(GoTemplate, AMissingLabelIsNoMistake) {
  const TemplateValue data = map_of(TemplateMap::Missing::no_such_key);
  EXPECT_EQ(rendered(R"({{.Labels.x}}|{{index .Labels "x"}}|{{index .Labels "a"}})", data), "<no value>||b");
}

TEST(GoTemplate, RangesOverListsAndOverMapsByName) {
  const TemplateValue data = map_of(TemplateMap::Missing::no_such_key);
  EXPECT_EQ(rendered("{{range .list}}{{.}};{{end}}", data), "x;true;");
  EXPECT_EQ(rendered("{{range $k, $v := .labels}}{{$k}}={{$v}} {{end}}", data), "a=b c=d ");
  EXPECT_EQ(rendered("{{range .none}}x{{else}}none{{end}}", data), "none");
  EXPECT_EQ(rendered("{{.labels}} {{.list}}", data), "map[a:b c:d] [x true]");
}

TEST(GoTemplate, JsonKeepsTheOrderOfKeys) {
  EXPECT_EQ(rendered("{{json .}}", map_of(TemplateMap::Missing::no_such_key)),
            R"({"created_at":"now","labels":{"c":"d","a":"b"},"list":["x",true],"none":[]})");
}

TEST(GoTemplate, JsonEscapesWhatATerminalMayTakeForACommand) {
  EXPECT_EQ(to_json(TemplateValue("\x1b[2J\x7f\xc2\x85<&>\xff\n")), R"("\u001b[2J\u007f\u0085<&>\ufffd\n")");
}

TEST(GoTemplate, NumbersThatAreNoCharactersArePrintedAsTheOneForThat) {
  EXPECT_EQ(rendered(R"({{printf "%c%c%c%c" 55295 55296 57343 1114112}})", volume()), "\ud7ff\ufffd\ufffd\ufffd");
}

TEST(GoTemplate, DefinitionsAreNotSupportedAndSaidToBe) {
  EXPECT_EQ(rendered(R"({{define "x"}}{{end}})", volume()), "! :1: {{define}} is not supported");
}

TEST(GoTemplate, ErrorsNameTheLine) {
  EXPECT_EQ(rendered("a\nb {{foo}}", volume()), R"(! :2: function "foo" not defined)");
  EXPECT_EQ(rendered("a\n{{.Foo}}", volume()),
            R"(! :2:2: executing "" at <.Foo>: can't evaluate field Foo in type *formatter.volumeContext)");
}

TEST(GoTemplate, NestingHasALimit) {
  std::string deep;
  for (int i = 0; i < 100000; ++i) {
    deep += "(";
  }
  EXPECT_THAT(rendered("{{" + deep.substr(0, 60000), volume()), HasSubstr("nested too deeply"));
  std::string blocks;
  for (int i = 0; i < 5000; ++i) {
    blocks += "{{if 1}}";
  }
  EXPECT_THAT(rendered(blocks, volume()), HasSubstr("nested too deeply"));
}

TEST(GoTemplate, IndexesMapsAsDockerDoes) {
  // What `docker volume inspect --format` says, with a volume's labels.
  const TemplateValue data = map_of(TemplateMap::Missing::no_value);
  EXPECT_EQ(rendered(R"({{index .labels "a" 0}})", data), "98");
  EXPECT_EQ(
      rendered("{{index .labels nil}}", data),
      R"(! :1:2: executing "" at <index .labels nil>: error calling index: value is nil; should be of type string)");
  EXPECT_EQ(rendered("{{index .labels 1}}", data),
            R"(! :1:2: executing "" at <index .labels 1>: error calling index: value has type int; should be string)");
  EXPECT_EQ(rendered(R"({{index .labels "x" 1}})", data),
            R"(! :1:2: executing "" at <index .labels "x" 1>: error calling index: index out of range: 1)");
  EXPECT_EQ(rendered("{{upper .labels}}", data),
            R"(! :1:8: executing "" at <.labels>: wrong type for value; expected string; got map[string]string)");
  EXPECT_EQ(rendered("{{upper .labels.x}}", data),
            R"(! :1:15: executing "" at <.labels.x>: invalid value; expected string)");
}

TEST(GoTemplate, WorkHasALimit) {
  for (const char* text :
       {"{{range 999999999999}}{{end}}", "{{range 99999}}{{range 99999}}{{end}}{{end}}",
        R"({{$x := "aaaaaaaaaaaaaaaa"}}{{range 99}}{{$x = print $x $x}}{{end}})",
        R"({{range 99999}}{{printf "%999999d" 1}}{{end}})", R"({{pad "x" 999999999999 1}})",
        R"({{printf "%999999d" (split "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" "")}})"}) {
    EXPECT_THAT(rendered(text, volume()), HasSubstr("the template does too much work")) << text;
  }
}

TEST(GoTemplate, WorkIsThatWhichIsDone) {
  TemplateMap map;
  std::string text;
  for (int i = 0; i < 20'000; ++i) {
    text += "part,";
  }
  map.entries = {{"Text", TemplateValue(text)}};
  EXPECT_EQ(GoTemplate(R"({{len (split .Text ",")}})").render(TemplateValue(std::move(map))), "20001");
}

TEST(GoTemplate, LengthHasALimit) {
  EXPECT_THAT(rendered(std::string(64 * 1024 + 1, 'x'), volume()), HasSubstr("longer than 65536 bytes"));
}

TEST(GoTemplate, HeadersKeepTheirText) {
  TemplateMap headers;
  headers.entries = {{"Name", TemplateValue("NAME")}};
  EXPECT_EQ(
      GoTemplate(R"({{lower .Name}}|{{truncate .Name 2}}|{{json .Name}}|{{join .Name ","}}|{{pad .Name 1 1}}|{{.X}})")
          .render_header(TemplateValue(std::move(headers))),
      "NAME|NAME|NAME|NAME| NAME |<no value>");
}

}  // namespace
}  // namespace docker_sandbox::output

// SPDX-License-Identifier: Apache-2.0
#include "run_output.hpp"

#include "docker_sandbox/base/error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace docker_sandbox::cli {
namespace {

using engine::OutputStream;
using std::chrono::seconds;
using testing::ElementsAre;

std::vector<LogLines> lines_of(const std::vector<sandbox::LogChunk>& chunks) {
  LineMaker maker;
  std::vector<LogLines> lines;
  for (const sandbox::LogChunk& chunk : chunks) {
    maker.add(chunk, lines);
  }
  maker.finish(lines);
  return lines;
}

std::vector<std::string> texts(const std::vector<LogLines>& lines) {
  std::vector<std::string> texts;
  for (const LogLines& line : lines) {
    texts.push_back(line.text);
  }
  return texts;
}

TEST(LogLines, AreMadeOfPiecesOfEachStream) {
  const auto lines = lines_of({{OutputStream::out, seconds(1), "a\nb"},
                               {OutputStream::err, seconds(2), "E\n"},
                               {OutputStream::out, seconds(3), "c\nrest"}});
  EXPECT_THAT(texts(lines), ElementsAre("a\n", "E\n", "bc\n", "rest"));
  EXPECT_EQ(lines[2].time, seconds(1));
  EXPECT_EQ(lines[1].stream, OutputStream::err);
}

TEST(LogLines, AreShownInTheOrderOfTime) {
  const auto lines = lines_of({{OutputStream::out, seconds(1), "a\n"},
                               {OutputStream::out, seconds(5), "c\n"},
                               {OutputStream::err, seconds(3), "b\n"}});
  EXPECT_THAT(texts(select_lines(lines, {})), ElementsAre("a\n", "b\n", "c\n"));
  EXPECT_THAT(texts(select_lines(lines, {.tail = 2})), ElementsAre("b\n", "c\n"));
  EXPECT_THAT(texts(select_lines(lines, {.tail = 0})), ElementsAre());
  EXPECT_THAT(texts(select_lines(lines, {.since = seconds(3)})), ElementsAre("b\n", "c\n"));
}

TEST(LogLines, OfOnePieceStayTogetherAndAreCountedApart) {
  const auto lines =
      lines_of({{OutputStream::out, seconds(1), "a\n\nb\nc"}, {OutputStream::out, seconds(2), "d\ne\n\nf"}});
  EXPECT_THAT(texts(lines), ElementsAre("a\n\nb\n", "cd\n", "e\n\n", "f"));
  EXPECT_EQ(lines[1].time, seconds(1));
  EXPECT_EQ(lines[3].time, seconds(2));
  EXPECT_THAT(texts(select_lines(lines, {.tail = 1})), ElementsAre("f"));
  EXPECT_THAT(texts(select_lines(lines, {.tail = 2})), ElementsAre("\n", "f"));
  EXPECT_THAT(texts(select_lines(lines, {.tail = 5})), ElementsAre("b\n", "cd\n", "e\n\n", "f"));
  EXPECT_THAT(texts(select_lines(lines, {.tail = 100})), ElementsAre("a\n\nb\n", "cd\n", "e\n\n", "f"));
  EXPECT_EQ(shown(lines[2], true), "1970-01-01T00:00:02.000000000Z e\n1970-01-01T00:00:02.000000000Z \n");
  EXPECT_EQ(shown(lines[3], true), "1970-01-01T00:00:02.000000000Z f");
}

TEST(LogLines, CarryTheirTimeInUtcWhenAsked) {
  const LogLines line{.time = std::chrono::milliseconds(1795660735531), .text = "x\n"};
  EXPECT_EQ(shown(line, true), "2026-11-26T02:38:55.531000000Z x\n");
  EXPECT_EQ(shown(line, false), "x\n");
}

TEST(Tail, IsANumberOrAll) {
  EXPECT_EQ(parse_tail("all"), std::nullopt);
  EXPECT_EQ(parse_tail("12"), 12U);
  for (const char* text : {"", "-1", "x", "1x"}) {
    EXPECT_THROW(parse_tail(text), base::Error) << text;
  }
}

}  // namespace
}  // namespace docker_sandbox::cli

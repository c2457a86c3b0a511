// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/sandbox/headless.hpp"
#include "run_archive.hpp"
#include "run_info.hpp"
#include "support/pieces.hpp"
#include "support/tar.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace docker_sandbox::sandbox {
namespace {

using support::tar_entry;

/// What a decoder gives out, as text.
std::string decode(std::string_view kept, std::size_t piece) {
  std::string heard;
  RunLogDecoder decoder("tok",
                        {.chunk = [&](std::string_view uptime,
                                      const std::string& text) { heard += std::string(uptime) + ":" + text + "|"; },
                         .caught_up = [&] { heard += "now|"; },
                         .end = [&](std::string_view state) { heard += "end " + std::string(state) + "|"; }});
  support::in_pieces(kept, piece, [&](std::string_view part) { decoder.feed(part); });
  decoder.finish();
  return heard;
}

class RunLog : public testing::TestWithParam<std::size_t> {};

TEST_P(RunLog, HasEachPieceWithItsTime) {
  EXPECT_EQ(decode("one\n\x1etok 1.50\x1ftwo\n\x1etok 2.00\x1f", GetParam()), "1.50:one\n|2.00:two\n|");
}

TEST_P(RunLog, SaysWhereItCaughtUpAndHowItEnded) {
  EXPECT_EQ(decode("a\x1etok 1\x1f\x1etok now\x1f"
                   "b\x1etok 2\x1f\x1etok end ended 7 3.00\x1f",
                   GetParam()),
            "1:a|now|2:b|end ended 7 3.00|");
}

TEST_P(RunLog, KeepsWhatOnlyLooksLikeARecord) {
  EXPECT_EQ(decode("\x1eother 1\x1f\x1etok 1.00\x1f", GetParam()), "1.00:\x1eother 1\x1f|");
}

TEST_P(RunLog, GivesOutWhatHasNoTimeYet) {
  EXPECT_EQ(decode("a\x1etok 1\x1frest\x1etok", GetParam()), "1:a|1:rest\x1etok|");
}

TEST(RunLogOfManyPieces, IsTakenApartInTheTimeOfItsLength) {
  std::string kept;
  for (int i = 0; i < 500'000; ++i) {
    kept += "a line\n\x1etok 12345.67\x1f";
  }
  std::size_t chunks = 0;
  RunLogDecoder decoder("tok", {.chunk = [&](std::string_view, const std::string&) { ++chunks; },
                                .caught_up = [] {},
                                .end = [](std::string_view) {}});
  decoder.feed(kept);  // what is held was moved once for each piece: minutes
  EXPECT_EQ(chunks, 500'000U);
}

TEST(RunLogWithoutTimes, IsGivenOutInParts) {
  std::string text;
  std::size_t largest = 0;
  RunLogDecoder decoder("tok", {.chunk =
                                    [&](std::string_view, const std::string& part) {
                                      text += part;
                                      largest = std::max(largest, part.size());
                                    },
                                .caught_up = [] {},
                                .end = [](std::string_view) {}});
  const std::string piece(300'000, 'x');
  for (int i = 0; i < 20; ++i) {
    decoder.feed(piece);
  }
  decoder.finish();
  EXPECT_EQ(text, std::string(6'000'000, 'x'));
  EXPECT_LE(largest, 1'400'000U);
}

INSTANTIATE_TEST_SUITE_P(Pieces, RunLog, testing::Values(1, 2, 3, 5, 1000));

TEST(TarReader, FindsTheRegularFilesHoweverTheBytesAreCut) {
  const std::string archive = tar_entry("runs/", "", '5') + tar_entry("runs/1/info", "hello") +
                              tar_entry("runs/1/big", std::string(1500, 'x')) + std::string(1024, '\0');
  for (const std::size_t piece : {1U, 7U, 512U, 100000U}) {
    std::string heard;
    TarReader reader({.begin = [&](const std::string& name) { heard += "[" + name + "]"; },
                      .content = [&](std::string_view bytes) { heard += bytes; }});
    support::in_pieces(archive, piece, [&](std::string_view part) { reader.feed(part); });
    EXPECT_EQ(heard, "[runs/1/info]hello[runs/1/big]" + std::string(1500, 'x')) << piece;
  }
}

TEST(TarReader, RefusesWhatIsNoArchive) {
  TarReader reader({.begin = [](const std::string&) {}, .content = [](std::string_view) {}});
  EXPECT_THROW(reader.feed(std::string(512, 'x')), base::Error);
}

/// A collector that was given files, each a name and a content.
RunCollector collected(int wanted, const std::vector<std::pair<std::string, std::string>>& files) {
  RunCollector collector(wanted);
  for (const auto& [name, content] : files) {
    collector.begin(name);
    collector.content(content);
  }
  return collector;
}

TEST(RunCollector, TakesTheLatestRunOrTheOneAskedFor) {
  const std::vector<std::pair<std::string, std::string>> files{
      {"runs/1/info", "first"}, {"runs/10/out.1", "x"}, {"runs/10/info", "tenth"}, {"runs/2/info", "second"}};
  EXPECT_EQ(collected(0, files).take()->info, "tenth");
  EXPECT_EQ(collected(2, files).take()->run, 2);
  EXPECT_FALSE(collected(3, files).take());
  EXPECT_FALSE(collected(0, {{"runs/1/out.1", "of a run that never began"}}).take());
}

TEST(RunCollector, PutsThePiecesOfAStreamIntoTheirOrder) {
  const auto run = collected(0, {{"runs/1/info", "i"},
                                 {"runs/1/out.10", "later"},
                                 {"runs/1/err.1", "other"},
                                 {"runs/1/out.9", "earlier "},
                                 {"runs/1/out.done", ""}})
                       .take();
  EXPECT_EQ(run->out, "earlier later");
  EXPECT_EQ(run->err, "other");
}

TEST(RunCollector, KeepsTheExitCodeOfAnAgentWhoseLastOutputWasAwaited) {
  EXPECT_EQ(collected(0, {{"runs/1/info", "i"}, {"runs/1/ended.new", "3 1.00"}}).take()->ended, "3 1.00");
  EXPECT_EQ(collected(0, {{"runs/1/info", "i"}, {"runs/1/ended.new", ""}, {"runs/1/ended", "4 1.00"}}).take()->ended,
            "4 1.00");
}

TEST(RunCollector, KeepsNoMoreThanARunCanHaveKept) {
  RunCollector collector(0);
  collector.begin("runs/1/info");
  collector.content("i");
  for (int piece = 1; piece <= 1000; ++piece) {
    collector.begin("runs/1/out." + std::to_string(piece));
    collector.content("<" + std::to_string(piece) + ">");
    collector.begin("runs/1/stranger." + std::to_string(piece));
    collector.content("lost");
  }
  collector.begin("runs/1/err.1");
  const std::string much(RunCollector::k_max_piece / 2 + 1, 'x');
  for (int i = 0; i < 3; ++i) {
    collector.content(much);
  }
  collector.begin("runs/1/out.3");
  collector.content("older than what is kept");
  const auto run = collector.take();
  EXPECT_EQ(run->out, "<998><999><1000>");
  EXPECT_EQ(run->err.size(), RunCollector::k_max_piece);
}

TEST(RunInfo, TellsWhenAPieceWasWritten) {
  RunInfo info;
  info.take("token t");
  info.take("begun 1700000000500 100.25");
  EXPECT_EQ(info.token, "t");
  EXPECT_EQ(info.time_of(""), std::chrono::milliseconds(1'700'000'000'500));
  EXPECT_EQ(info.time_of("101.50"), std::chrono::milliseconds(1'700'000'001'750));
}

TEST(RunInfo, HasNoTimeThatCannotBeShown) {
  for (const char* begun : {"9223372036854775807", "-9223372036854775808", "1e300", "-1e300", "inf", "nan", "word"}) {
    for (const char* uptime : {"1e300", "-1e300", "inf", "-inf", "nan", "word"}) {
      RunInfo info;
      info.take(std::string("begun ") + begun + " " + uptime);
      for (const char* later : {"", "1e300", "-1e300", "inf", "-inf", "nan", "word"}) {
        const std::chrono::nanoseconds time = info.time_of(later);
        EXPECT_GE(time.count(), 0) << begun << " " << uptime << " " << later;
        EXPECT_LE(time, std::chrono::seconds(9'000'000'000)) << begun << " " << uptime << " " << later;
      }
    }
  }
}

TEST(RunState, IsWhatTheProgramEndedWith) {
  const HeadlessState state = parse_run_state("ended 7 3.00");
  EXPECT_EQ(state.kind, HeadlessState::Kind::ended);
  EXPECT_EQ(state.exit_code, 7);
  EXPECT_FALSE(state.out_of_memory);
  EXPECT_TRUE(parse_run_state("ended 137 3.00 memory\n").out_of_memory);
  EXPECT_FALSE(parse_run_state("ended 137 3.00 other").out_of_memory);
  EXPECT_EQ(parse_run_state("running").kind, HeadlessState::Kind::running);
}

TEST(RunState, IsCutOffWhereNoProgramCouldHaveEndedSo) {
  for (const char* text : {"", "lost", "ended", "ended ", "ended x 3.00", "ended 7x", "ended -1 3.00", "ended 256 3.00",
                           "ended 99999999999 3.00"}) {
    const HeadlessState state = parse_run_state(text);
    EXPECT_EQ(state.kind, HeadlessState::Kind::cut_off) << text;
    EXPECT_EQ(state.exit_code, 137) << text;
  }
}

}  // namespace
}  // namespace docker_sandbox::sandbox

// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/engine/stream_demux.hpp"

#include "support/errors.hpp"
#include "support/pieces.hpp"
#include "support/stream_frame.hpp"

#include <gtest/gtest.h>

#include <string>

namespace docker_sandbox::engine {
namespace {

using support::stream_frame;

struct Collected {
  std::string out;
  std::string err;
  StreamDemux demux{
      [this](OutputStream stream, std::string_view bytes) { (stream == OutputStream::out ? out : err) += bytes; }};
};

TEST(StreamDemux, KeepsTheStreamsApartWhereverTheBytesAreCut) {
  const std::string all = stream_frame(1, "out one") + stream_frame(2, std::string("\0err", 4)) + stream_frame(1, "") +
                          stream_frame(0, "!");
  for (std::size_t cut = 0; cut <= all.size(); ++cut) {
    Collected collected;
    collected.demux.feed(std::string_view(all).substr(0, cut));
    collected.demux.feed(std::string_view(all).substr(cut));
    EXPECT_EQ(collected.out, "out one!") << cut;
    EXPECT_EQ(collected.err, std::string("\0err", 4)) << cut;
    EXPECT_TRUE(collected.demux.between_frames()) << cut;
  }
}

TEST(StreamDemux, HandsOnPayloadBeforeItsFrameIsComplete) {
  Collected collected;
  collected.demux.feed(stream_frame(1, "abcdef").substr(0, 8 + 3));
  EXPECT_EQ(collected.out, "abc");
  EXPECT_FALSE(collected.demux.between_frames());
}

TEST(StreamDemux, RefusesAnUnknownStream) {
  Collected collected;
  EXPECT_THROW(collected.demux.feed("HTTP/1.1"), base::Error);
}

TEST(StreamDemux, ReportsAnErrorOfTheEngineInItsWordsWhereverTheBytesAreCut) {
  const std::string words = stream_frame(3, "it broke\n");
  for (std::size_t piece = 1; piece <= words.size(); ++piece) {
    Collected collected;
    const auto act = [&] {
      support::in_pieces(words, piece, [&](std::string_view part) { collected.demux.feed(part); });
    };
    EXPECT_EQ(support::message_of(act, base::ErrorKind::engine_failure), "Error response from daemon: it broke")
        << piece;
  }
}

TEST(StreamDemux, KeepsNotAllThatAnEngineMaySayOfAnError) {
  Collected collected;
  const auto act = [&] { collected.demux.feed(stream_frame(3, std::string(1'000'000, 'x'), 0xffffffffU)); };
  EXPECT_LT(support::message_of(act, base::ErrorKind::engine_failure).size(), 5'000U);
}

}  // namespace
}  // namespace docker_sandbox::engine

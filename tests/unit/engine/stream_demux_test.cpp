// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/engine/stream_demux.hpp"

#include "docker_sandbox/base/error.hpp"

#include <gtest/gtest.h>

#include <string>

namespace docker_sandbox::engine {
namespace {

std::string frame(char stream, const std::string& payload) {
  const auto size = static_cast<unsigned>(payload.size());
  std::string bytes{stream, 0, 0, 0};
  for (const unsigned shift : {24U, 16U, 8U, 0U}) {
    bytes += static_cast<char>((size >> shift) & 0xFFU);
  }
  return bytes + payload;
}

struct Collected {
  std::string out;
  std::string err;
  StreamDemux demux{
      [this](OutputStream stream, std::string_view bytes) { (stream == OutputStream::out ? out : err) += bytes; }};
};

TEST(StreamDemux, KeepsTheStreamsApartWhereverTheBytesAreCut) {
  const std::string all = frame(1, "out one") + frame(2, std::string("\0err", 4)) + frame(1, "") + frame(0, "!");
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
  collected.demux.feed(frame(1, "abcdef").substr(0, 8 + 3));
  EXPECT_EQ(collected.out, "abc");
  EXPECT_FALSE(collected.demux.between_frames());
}

TEST(StreamDemux, RefusesAnUnknownStream) {
  Collected collected;
  EXPECT_THROW(collected.demux.feed("HTTP/1.1"), base::Error);
}

TEST(StreamDemux, ReportsAnErrorOfTheEngineInItsWords) {
  Collected collected;
  try {
    collected.demux.feed(frame(3, "it broke\n"));
    FAIL() << "no error";
  } catch (const base::Error& error) {
    EXPECT_EQ(error.kind(), base::ErrorKind::engine_failure);
    EXPECT_STREQ(error.what(), "Error response from daemon: it broke");
  }
}

}  // namespace
}  // namespace docker_sandbox::engine

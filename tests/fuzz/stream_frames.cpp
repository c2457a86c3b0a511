// SPDX-License-Identifier: Apache-2.0
// The frames of a session without a terminal.
#include "docker_sandbox/engine/stream_demux.hpp"
#include "fuzz_target.hpp"

#include <algorithm>
#include <map>
#include <string>

using docker_sandbox::engine::OutputStream;
using docker_sandbox::engine::StreamDemux;

FUZZ_TARGET(stream_frames) {
  if (bytes.empty()) {
    return;
  }
  const std::size_t piece = static_cast<unsigned char>(bytes.front()) + std::size_t{1};
  bytes.remove_prefix(1);
  std::map<OutputStream, std::string> in_pieces;
  StreamDemux cut([&](OutputStream stream, std::string_view payload) { in_pieces[stream] += payload; });
  for (std::string_view left = bytes; !left.empty(); left.remove_prefix(std::min(piece, left.size()))) {
    cut.feed(left.substr(0, piece));
  }
  std::map<OutputStream, std::string> at_once;
  StreamDemux whole([&](OutputStream stream, std::string_view payload) { at_once[stream] += payload; });
  whole.feed(bytes);
  docker_sandbox::fuzz::require(in_pieces == at_once, "frames mean the same however they are cut");
}

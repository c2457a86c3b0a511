// SPDX-License-Identifier: Apache-2.0
// The frames of a session without a terminal.
#include "docker_sandbox/engine/stream_demux.hpp"
#include "fuzz_target.hpp"
#include "support/pieces.hpp"

#include <map>
#include <string>

using docker_sandbox::engine::OutputStream;
using docker_sandbox::engine::StreamDemux;

FUZZ_TARGET(stream_frames) {
  const std::size_t piece = docker_sandbox::fuzz::take_piece_size(bytes);
  std::map<OutputStream, std::string> in_pieces;
  StreamDemux cut([&](OutputStream stream, std::string_view payload) { in_pieces[stream] += payload; });
  docker_sandbox::support::in_pieces(bytes, piece, [&](std::string_view part) { cut.feed(part); });
  std::map<OutputStream, std::string> at_once;
  StreamDemux whole([&](OutputStream stream, std::string_view payload) { at_once[stream] += payload; });
  whole.feed(bytes);
  docker_sandbox::fuzz::require(in_pieces == at_once, "frames mean the same however they are cut");
}

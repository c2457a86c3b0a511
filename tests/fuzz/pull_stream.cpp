// SPDX-License-Identifier: Apache-2.0
// The report of a pull, and what is drawn of it.
#include "docker_sandbox/base/text.hpp"
#include "docker_sandbox/engine/pull_progress.hpp"
#include "docker_sandbox/output/progress.hpp"
#include "fuzz_target.hpp"
#include "support/pieces.hpp"

#include <algorithm>

namespace ds = docker_sandbox;

FUZZ_TARGET(pull_stream) {
  const std::size_t piece = ds::fuzz::take_piece_size(bytes);
  ds::output::ProgressBars bars(80);
  ds::engine::PullStream stream([&](const ds::engine::PullEvent& event) {
    const std::string drawn =
        event.id.empty()
            ? bars.message(event.status)
            : bars.update({.id = event.id, .status = event.status, .current = event.current, .total = event.total});
    const auto bell = [](char c) { return c == '\a' || c == '\b' || c == '\v' || c == '\f' || c == '\x7f'; };
    ds::fuzz::require(std::none_of(drawn.begin(), drawn.end(), bell), "a message's control characters are not drawn");
  });
  ds::support::in_pieces(bytes, piece, [&](std::string_view part) { stream.feed(part); });
  stream.finish();
}

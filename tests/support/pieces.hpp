// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace docker_sandbox::support {

/// Gives the bytes to `take` in pieces of this size, the last one shorter where it does not come out even.
template <typename Take>
void in_pieces(std::string_view bytes, std::size_t piece, Take take) {
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
    take(bytes.substr(0, piece));
  }
}

}  // namespace docker_sandbox::support

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace docker_sandbox::support {

/// A piece of a stream as engines send it where there is no terminal: 1 is the standard output, 2 the error output, 3 the
/// engine's own words. `size`, where it is given, is what its header says.
inline std::string stream_frame(char stream, std::string_view text, std::optional<std::uint32_t> size = std::nullopt) {
  std::string frame{stream, 0, 0, 0};
  for (const unsigned shift : {24U, 16U, 8U, 0U}) {
    frame += static_cast<char>((size.value_or(static_cast<std::uint32_t>(text.size())) >> shift) & 0xFFU);
  }
  return frame.append(text);
}

}  // namespace docker_sandbox::support

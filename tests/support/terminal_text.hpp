// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace docker_sandbox::support {

/// Whether a terminal would act on some of the text: controls but line ends and tabs, U+007F to U+009F among them.
inline bool moves_cursor(std::string_view text) {
  unsigned char last = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7f || (last == 0xc2 && byte >= 0x80 && byte < 0xa0)) {
      return true;
    }
    last = byte;
  }
  return false;
}

}  // namespace docker_sandbox::support

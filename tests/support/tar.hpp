// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>
#include <string>

namespace docker_sandbox::support {

/// One entry of a tar archive (ustar); two blocks of zeros would end it. `size`, where it is given, is what the header says.
inline std::string tar_entry(const std::string& name, const std::string& content, char type = '0',
                             unsigned long long size = ~0ULL) {
  std::string header(512, '\0');
  header.replace(0, name.size(), name);
  char digits[13];
  std::snprintf(digits, sizeof digits, "%011llo", size == ~0ULL ? content.size() : size);
  header.replace(124, 11, digits, 11);
  header[156] = type;
  std::string padded = content;
  padded.resize((content.size() + 511) / 512 * 512, '\0');
  return header + padded;
}

}  // namespace docker_sandbox::support

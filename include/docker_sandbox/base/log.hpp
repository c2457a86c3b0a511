// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include <fmt/format.h>

/// Debug logging to stderr, off until --debug turns it on. The logger is made at the first line that is written, so
/// that commands without --debug never pay for it. Callers must mask secrets before they log.
namespace docker_sandbox::base {

/// Whether debug lines are written.
bool debug_enabled();
void set_debug_enabled(bool enabled);

/// Writes one debug line with a time stamp; control characters are escaped.
void write_debug_line(std::string_view line);

/// debug("GET {} -> {}", path, status): formats only when debugging is on.
template <typename... Args>
void debug(fmt::format_string<Args...> format, Args&&... args) {
  if (debug_enabled()) {
    write_debug_line(fmt::format(format, std::forward<Args>(args)...));
  }
}

}  // namespace docker_sandbox::base

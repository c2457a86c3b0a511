// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace docker_sandbox::sandbox {

/// Bytes of a session's stream that are read at once: as much as a unix socket hands over. More is not faster, and memory stays flat.
inline constexpr std::size_t k_session_buffer_size = 256 * 1024;

}  // namespace docker_sandbox::sandbox

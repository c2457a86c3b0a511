// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/engine/types.hpp"
#include "docker_sandbox/sandbox/workspace.hpp"

#include <string>
#include <vector>

namespace docker_sandbox::sandbox {

/// Where the sources of --volume are looked up.
struct VolumeBase {
  std::string directory;  ///< what ./x and ../x start from
  std::string home;       ///< what ~/x starts from
  EnginePlace place = EnginePlace::here;
};

/// The mounts that --volume asks for: SRC:DST[:ro|:readonly|:rw], or DST alone for an anonymous volume. SRC is a path
/// (absolute, ./x, ../x, ~/x) or the name of a volume. Throws Error{invalid_value} for a malformed one, a host path that
/// does not exist, and two mounts on one target. Elsewhere an absolute path that does not exist here is taken as given.
std::vector<engine::MountRequest> parse_volumes(const std::vector<std::string>& given, const VolumeBase& base);

}  // namespace docker_sandbox::sandbox

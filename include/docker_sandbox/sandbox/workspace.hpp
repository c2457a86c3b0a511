// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

namespace docker_sandbox::sandbox {

/// A directory that an agent may work in, with all that identifies it.
struct Workspace {
  std::string path;  ///< absolute and canonical: no symbolic links, no "." or ".."
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  uid_t owner = 0;
  gid_t group = 0;
};

/// The workspace that `given` names. Throws Error{invalid_value} when it does not exist or is no directory, and for "/",
/// the home directory and what contains it: an agent there would reach far more than one project.
Workspace resolve_workspace(const std::string& given, const std::string& home);

}  // namespace docker_sandbox::sandbox

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>

namespace docker_sandbox::sandbox {

/// Whose paths the engine mounts: this machine's, or those of another one, of which nothing is known here.
enum class EnginePlace { here, elsewhere };

/// A directory that an agent may work in, with all that identifies it.
struct Workspace {
  std::string path;  ///< absolute and canonical: no symbolic links, no "." or ".."
  std::uint64_t device = 0;
  std::uint64_t inode = 0;  ///< 0: not known, since it is elsewhere
  uid_t owner = 0;
  gid_t group = 0;
};

/// The path without ".", "..", and slashes at its end; symbolic links stay.
std::string normal_path(const std::filesystem::path& path);

/// The workspace that `given` names. Throws Error{invalid_value} when it does not exist or is no directory, and for "/",
/// the home directory and what contains it: an agent there would reach far more than one project. Elsewhere an absolute
/// path that does not exist here is taken as it is given; one that does is canonical, as file systems that two machines
/// share have it, and its owner is a first guess.
Workspace resolve_workspace(const std::string& given, const std::string& home, EnginePlace place = EnginePlace::here);

}  // namespace docker_sandbox::sandbox

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/engine/client.hpp"
#include "docker_sandbox/os/twin_file.hpp"
#include "docker_sandbox/sandbox/sandbox.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace docker_sandbox::sandbox {

/// What a sandbox in the credentials mode "host" has on this machine for itself alone, in the docker configuration: the
/// directory for the SSH agent's sockets, and one in which its name of the host's login file is. Known by the sandbox's
/// creator, which no two sandboxes have in common.
class HostDirectory {
 public:
  HostDirectory(std::string configuration_directory, const docker_config::Endpoint& endpoint, std::string creator);

  /// Makes it, with the directory for sockets. Throws Error{io}.
  void make() const;

  /// Gives the file of the host a second name in the directory of files, which belongs to the file's owner. Throws
  /// Error{io}, for instance when that is another file system.
  void lend(const std::filesystem::path& file) const;

  /// The file that is lent; nothing when there is none.
  std::optional<os::TwinFile> lent_file() const;

  /// Makes the file the same inside and outside now, for when no session watches it. No failure if there is none.
  void join_lent_file() const;

  /// Brings back what was changed inside, then removes all; no failure if there is nothing.
  void discard() const;

  std::filesystem::path sockets() const { return path() / "ssh-agent"; }
  std::filesystem::path files() const { return path() / "files"; }

 private:
  std::filesystem::path path() const;

  std::string configuration_directory_;
  std::string engine_;
  std::string creator_;
};

/// Discards that of a sandbox that has been removed, when it is one that had any.
void discard_host_directory(const std::string& configuration_directory, const docker_config::Endpoint& endpoint,
                            const Sandbox& removed);

/// Discards the directories of those sandboxes of this engine that are not there any more, however they went. Asks the
/// engine only when there may be some. What cannot be found out, or removed, stays for the next time.
void sweep_host_directories(engine::EngineClient& engine, const std::string& configuration_directory);

}  // namespace docker_sandbox::sandbox

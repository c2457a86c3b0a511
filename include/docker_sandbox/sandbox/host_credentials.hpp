// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/sandbox/host_directory.hpp"
#include "docker_sandbox/sandbox/sandbox.hpp"
#include "docker_sandbox/sandbox/spec.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace docker_sandbox::os {
class SocketRelay;
}

/// What the credentials mode "host" lends a sandbox of the caller's own files and of the caller's SSH agent.
namespace docker_sandbox::sandbox {

/// Where the host's files are mounted; the set-up links them into the agent's home, which only it knows.
inline constexpr const char* k_host_files = "/mnt/host";

/// The files of the caller's home that are there, as mounts; what is not there is left out and never created. Their
/// names in the home follow from the targets. In the mode "host" the directory is made.
HostParts host_credentials(const SandboxSpec& spec, const HostDirectory& directory);

/// The names, relative to the home, of what these mounts lend: a line each.
std::string lent_names(const std::vector<engine::MountRequest>& mounts);

/// What a session has of the host for as long as it lasts. The caller's SSH agent: a socket in a directory that the
/// sandbox has mounted, behind which is the agent that the caller has now, wherever its socket has moved since the
/// sandbox was made. And the login file that is lent, which stays one file though either side replaces it.
class HostLoan {
 public:
  /// `environment` is the caller's. Lends nothing when the sandbox is in another mode.
  HostLoan(const Sandbox& sandbox, const std::map<std::string, std::string>& environment,
           const HostDirectory& directory);
  HostLoan(const HostLoan&) = delete;
  HostLoan& operator=(const HostLoan&) = delete;
  ~HostLoan();

  /// SSH_AUTH_SOCK=… for the session, or nothing.
  const std::optional<std::string>& variable() const { return variable_; }

 private:
  void lend_agent(const Sandbox& sandbox, const std::string& socket, const HostDirectory& directory);

  std::unique_ptr<os::SocketRelay> relay_;
  std::unique_ptr<os::TwinFileWatch> login_;
  std::optional<std::string> variable_;
};

}  // namespace docker_sandbox::sandbox

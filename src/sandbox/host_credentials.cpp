// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/sandbox/host_credentials.hpp"

#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/base/log.hpp"
#include "docker_sandbox/base/number.hpp"
#include "docker_sandbox/base/text.hpp"
#include "docker_sandbox/os/socket_relay.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <stdexcept>
#include <string_view>

namespace docker_sandbox::sandbox {
namespace {

namespace fs = std::filesystem;
using base::Error;
using engine::MountRequest;

constexpr const char* k_claude_file = ".claude.json";

struct LentFile {
  const char* name;   ///< in the home
  const char* agent;  ///< whose it is; null: everybody's, and read-only
};

constexpr std::array<LentFile, 7> k_lent{{{".gitconfig", nullptr},
                                          {".config/git", nullptr},
                                          {".ssh", nullptr},
                                          {".config/gh", nullptr},
                                          {".claude", "claude"},
                                          {k_claude_file, "claude"},
                                          {".gemini", "gemini"}}};

constexpr const char* k_agent_sockets = "ssh-agent";
constexpr const char* k_files = "files";

std::string target_of(const std::string& name) {
  return std::string(k_host_files) + "/" + name;
}

bool make(const HostDirectory& directory) {
  try {
    directory.make();
    return true;
  } catch (const Error& error) {
    base::debug("the SSH agent is not lent: {}", error.what());
    return false;
  }
}

/// A file's own mount is its inode, which is not the file any more once somebody has replaced it. So a directory of the
/// sandbox's own is mounted, in which the file has a second name (os::TwinFile).
std::optional<MountRequest> mount_of_file(const fs::path& home, const std::string& name,
                                          const HostDirectory& directory) {
  try {
    directory.lend(home / name);
    return MountRequest{.type = MountRequest::Type::bind,
                        .source = fs::canonical(directory.files()).string(),
                        .target = target_of(k_files)};
  } catch (const std::runtime_error& error) {  // the file system's errors are some as well
    base::debug("{} is mounted as it is now: {}", name, error.what());
    return std::nullopt;
  }
}

}  // namespace

HostParts host_credentials(const SandboxSpec& spec, const HostDirectory& directory) {
  HostParts parts;
  const fs::path home = spec.caller.home;
  if (spec.credentials != CredentialsMode::host || home.empty()) {
    return parts;
  }
  const bool has_directory = make(directory);
  for (const LentFile& file : k_lent) {
    if (file.agent != nullptr && spec.agent->name != file.agent) {
      continue;
    }
    std::error_code failure;
    const fs::path source = fs::canonical(home / file.name, failure);
    if (failure) {
      continue;
    }
    std::optional<MountRequest> mount;
    if (has_directory && std::string_view(file.name) == k_claude_file) {
      mount = mount_of_file(home, file.name, directory);
    }
    parts.mounts.push_back(mount.value_or(MountRequest{.type = MountRequest::Type::bind,
                                                       .source = source.string(),
                                                       .target = target_of(file.name),
                                                       .read_only = file.agent == nullptr}));
    struct stat status {};
    if (spec.identity.user != 0 && ::stat(source.c_str(), &status) == 0 && status.st_uid != spec.identity.user) {
      parts.warnings.push_back(base::printable(source.string()) + " belongs to user " + std::to_string(status.st_uid) +
                               "; the agent, whose number is " + std::to_string(spec.identity.user) +
                               " as the workspace's owner's, may not be able to use it");
    }
  }
  std::error_code failure;
  const fs::path sockets = has_directory ? fs::canonical(directory.sockets(), failure) : fs::path();
  if (!sockets.empty()) {
    parts.mounts.push_back({.type = MountRequest::Type::bind,
                            .source = sockets.string(),
                            .target = target_of(k_agent_sockets),
                            .read_only = true});
  }
  return parts;
}

std::string lent_names(const std::vector<MountRequest>& mounts) {
  const std::string start = target_of("");
  std::string names;
  for (const MountRequest& mount : mounts) {
    if (mount.target == target_of(k_files)) {
      names += std::string(k_claude_file) + "\n";
    } else if (mount.target.compare(0, start.size(), start) == 0 && mount.target != target_of(k_agent_sockets)) {
      names += mount.target.substr(start.size()) + "\n";
    }
  }
  return names;
}

HostLoan::HostLoan(const Sandbox& sandbox, const std::map<std::string, std::string>& environment,
                   const HostDirectory& directory) {
  if (sandbox.credentials != CredentialsMode::host) {
    return;
  }
  // The agent's relay is a process, which is forked before there is a thread.
  const auto agent = environment.find("SSH_AUTH_SOCK");
  if (agent != environment.end() && !agent->second.empty()) {
    lend_agent(sandbox, agent->second, directory);
  }
  try {
    if (std::optional<os::TwinFile> file = directory.lent_file()) {
      login_ = std::make_unique<os::TwinFileWatch>(*std::move(file));
    }
  } catch (const Error& error) {
    base::debug("the host's login file may not be seen as it is now: {}", error.what());
  }
}

void HostLoan::lend_agent(const Sandbox& sandbox, const std::string& socket, const HostDirectory& directory) {
  uid_t owner = base::parse_number<uid_t>(sandbox.user).value_or(0);
  // Container root of an engine that is not root's own is the caller; of one that is, it may enter everything.
  if (owner == 0 || ::geteuid() != 0) {
    owner = ::geteuid();
  }
  const std::string name = std::to_string(::getpid()) + ".sock";
  try {
    relay_ = std::make_unique<os::SocketRelay>(directory.sockets().string(), name, socket, owner);
    variable_ = "SSH_AUTH_SOCK=" + target_of(k_agent_sockets) + "/" + name;
  } catch (const Error& error) {
    base::debug("the SSH agent is not lent: {}", error.what());
  }
}

HostLoan::~HostLoan() = default;

}  // namespace docker_sandbox::sandbox

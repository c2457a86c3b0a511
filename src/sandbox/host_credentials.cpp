// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/sandbox/host_credentials.hpp"

#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/base/log.hpp"
#include "docker_sandbox/base/text.hpp"
#include "docker_sandbox/os/socket_relay.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <filesystem>

namespace docker_sandbox::sandbox {
namespace {

namespace fs = std::filesystem;
using engine::MountRequest;

struct LentFile {
  const char* name;   ///< in the home
  const char* agent;  ///< whose it is; null: everybody's, and read-only
};

constexpr std::array<LentFile, 7> k_lent{{{".gitconfig", nullptr},
                                          {".config/git", nullptr},
                                          {".ssh", nullptr},
                                          {".config/gh", nullptr},
                                          {".claude", "claude"},
                                          {".claude.json", "claude"},
                                          {".gemini", "gemini"}}};

constexpr const char* k_agent_sockets = "ssh-agent";

/// One for all sandboxes: each session has a socket of its own in it.
fs::path sockets_directory(const std::string& configuration_directory) {
  return fs::path(configuration_directory) / "sandbox" / k_agent_sockets;
}

/// Makes the directory, open to be passed through: the sockets in it are closed to all but their owner.
bool make_sockets_directory(const fs::path& path) {
  std::error_code failure;
  fs::create_directories(path, failure);
  if (!failure) {
    fs::permissions(path, fs::perms::owner_all | fs::perms::group_exec | fs::perms::others_exec, failure);
  }
  if (failure) {
    base::debug("the SSH agent is not lent: cannot make {}: {}", path.string(), failure.message());
  }
  return !failure;
}

std::string target_of(const std::string& name) {
  return std::string(k_host_files) + "/" + name;
}

}  // namespace

HostParts host_credentials(const SandboxSpec& spec) {
  HostParts parts;
  const fs::path home = spec.caller.home;
  if (spec.credentials != CredentialsMode::host || home.empty()) {
    return parts;
  }
  for (const LentFile& file : k_lent) {
    if (file.agent != nullptr && spec.agent->name != file.agent) {
      continue;
    }
    std::error_code failure;
    const fs::path source = fs::canonical(home / file.name, failure);
    if (failure) {
      continue;
    }
    parts.mounts.push_back({.type = MountRequest::Type::bind,
                            .source = source.string(),
                            .target = target_of(file.name),
                            .read_only = file.agent == nullptr});
    struct stat status {};
    if (spec.identity.user != 0 && ::stat(source.c_str(), &status) == 0 && status.st_uid != spec.identity.user) {
      parts.warnings.push_back(base::printable(source.string()) + " belongs to user " + std::to_string(status.st_uid) +
                               "; the agent, whose number is " + std::to_string(spec.identity.user) +
                               " as the workspace's owner's, may not be able to use it");
    }
  }
  const fs::path sockets = sockets_directory(spec.caller.configuration_directory);
  if (make_sockets_directory(sockets)) {
    parts.mounts.push_back({.type = MountRequest::Type::bind,
                            .source = fs::canonical(sockets).string(),
                            .target = target_of(k_agent_sockets),
                            .read_only = true});
  }
  return parts;
}

std::string lent_names(const std::vector<MountRequest>& mounts) {
  const std::string start = target_of("");
  std::string names;
  for (const MountRequest& mount : mounts) {
    if (mount.target.compare(0, start.size(), start) == 0 && mount.target != target_of(k_agent_sockets)) {
      names += mount.target.substr(start.size()) + "\n";
    }
  }
  return names;
}

LentSshAgent::LentSshAgent(const Sandbox& sandbox, const std::map<std::string, std::string>& environment,
                           const std::string& configuration_directory) {
  const auto agent = environment.find("SSH_AUTH_SOCK");
  if (sandbox.credentials != CredentialsMode::host || agent == environment.end() || agent->second.empty()) {
    return;
  }
  uid_t owner = 0;
  std::from_chars(sandbox.user.data(), sandbox.user.data() + sandbox.user.size(), owner);
  // Container root of an engine that is not root's own is the caller; of one that is, it may enter everything.
  if (owner == 0 || ::geteuid() != 0) {
    owner = ::geteuid();
  }
  const std::string name = std::to_string(::getpid()) + ".sock";
  try {
    relay_ = std::make_unique<os::SocketRelay>(sockets_directory(configuration_directory).string(), name, agent->second,
                                               owner);
    variable_ = "SSH_AUTH_SOCK=" + target_of(k_agent_sockets) + "/" + name;
  } catch (const base::Error& error) {
    base::debug("the SSH agent is not lent: {}", error.what());
  }
}

LentSshAgent::~LentSshAgent() = default;

}  // namespace docker_sandbox::sandbox

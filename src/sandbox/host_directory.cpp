// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/sandbox/host_directory.hpp"

#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/base/log.hpp"
#include "docker_sandbox/base/text.hpp"
#include "docker_sandbox/os/file.hpp"
#include "docker_sandbox/sandbox/creator.hpp"
#include "docker_sandbox/sandbox/labels.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <exception>
#include <fstream>
#include <iterator>
#include <set>
#include <vector>

namespace docker_sandbox::sandbox {
namespace {

namespace fs = std::filesystem;

/// In the directory: who made the sandbox, the host's file (a symbolic link), and the file that both names had last.
constexpr const char* k_creator_file = "creator";
constexpr const char* k_outer_link = "outer";
constexpr const char* k_last_file = "last";

/// Of all sandboxes of an engine: which of them are gone, only that engine can tell.
fs::path engines_directory(const std::string& configuration_directory, const std::string& engine) {
  constexpr std::size_t k_digits = 12;
  return fs::path(configuration_directory) / "sandbox" / base::sha256_hex(engine).substr(0, k_digits);
}

std::string directory_name(const std::string& creator) {
  constexpr std::size_t k_digits = 24;
  return base::sha256_hex(creator).substr(0, k_digits);
}

void check(const std::error_code& failure, const std::string& doing, const fs::path& path) {
  if (failure) {
    throw base::Error(base::ErrorKind::io, doing + " " + path.string() + ": " + failure.message());
  }
}

void make_directory(const fs::path& path, fs::perms mode) {
  std::error_code failure;
  fs::create_directories(path, failure);
  if (!failure) {
    fs::permissions(path, mode, failure);
  }
  check(failure, "cannot make", path);
}

std::string creator_in(const fs::path& path) {
  return os::read_file((path / k_creator_file).string(), os::k_any_size).bytes;
}

/// Whether a creation may be at work that has made the directory and not yet its container.
bool may_be_in_the_making(const fs::path& path, const std::string& creator) {
  if (const std::string own = this_creator() + "/"; creator.compare(0, own.size(), own) == 0) {
    return false;  // who sweeps does not create meanwhile
  }
  std::error_code failure;
  const fs::file_time_type made = fs::last_write_time(path, failure);
  // A directory whose age cannot be told counts as new.
  const auto age = failure ? fs::file_time_type::duration{} : fs::file_time_type::clock::now() - made;
  return may_be_at_work(look_up_creator(creator), age);
}

std::set<std::string> living_creators(engine::EngineClient& engine) {
  std::set<std::string> creators;
  for (const engine::ContainerSummary& container : engine.list_containers(labels::filter_all())) {
    if (const auto label = container.labels.find(labels::k_creator); label != container.labels.end()) {
      creators.insert(label->second);
    }
  }
  return creators;
}

}  // namespace

HostDirectory::HostDirectory(std::string configuration_directory, const docker_config::Endpoint& endpoint,
                             std::string creator)
    : configuration_directory_(std::move(configuration_directory)),
      engine_(endpoint.host),
      creator_(std::move(creator)) {}

fs::path HostDirectory::path() const {
  // Not kept: most sandboxes have none, and pay for no hash.
  return engines_directory(configuration_directory_, engine_) / directory_name(creator_);
}

void HostDirectory::make() const {
  const fs::path creator = path() / k_creator_file;
  make_directory(path(), fs::perms::owner_all);
  if (!(std::ofstream(creator) << creator_ << std::flush)) {
    throw base::Error(base::ErrorKind::io, "cannot write " + creator.string());
  }
  // Open to be passed through: the sockets in it are closed to all but their owner.
  make_directory(sockets(), fs::perms::owner_all | fs::perms::group_exec | fs::perms::others_exec);
}

void HostDirectory::lend(const fs::path& file) const {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) {
    throw base::Error(base::ErrorKind::io, file.string() + " is no file");
  }
  make_directory(files(), fs::perms::owner_all);
  // Who may replace the file there may do so here.
  if (status.st_uid != ::geteuid() && ::chown(files().c_str(), status.st_uid, status.st_gid) != 0) {
    throw base::system_error("cannot change the owner of " + files().string(), errno);
  }
  std::error_code failure;
  const fs::path link = path() / k_outer_link;
  fs::create_symlink(file, link, failure);
  check(failure, "cannot make", link);
  try {
    const std::optional<os::TwinFile> lent = lent_file();
    if (!lent) {
      throw base::Error(base::ErrorKind::io, file.string() + " is gone");
    }
    lent->join();
  } catch (const base::Error&) {
    fs::remove(link, failure);  // then it is not lent
    throw;
  }
}

std::optional<os::TwinFile> HostDirectory::lent_file() const {
  std::error_code failure;
  const fs::path named = fs::read_symlink(path() / k_outer_link, failure);
  // Links on the way are followed each time: they are the user's, who may change them.
  const fs::path file = failure ? fs::path() : fs::canonical(named, failure);
  if (failure) {
    return std::nullopt;
  }
  return os::TwinFile(file.string(), (files() / named.filename()).string(), (path() / k_last_file).string());
}

void HostDirectory::join_lent_file() const {
  try {
    if (const auto file = lent_file()) {
      file->join();
    }
  } catch (const base::Error& error) {
    base::debug("{}", error.what());
  }
}

void HostDirectory::discard() const {
  join_lent_file();
  std::error_code failure;
  fs::remove_all(path(), failure);
  if (failure) {
    base::debug("cannot remove {}: {}", path().string(), failure.message());
  }
}

void discard_host_directory(const std::string& configuration_directory, const docker_config::Endpoint& endpoint,
                            const Sandbox& removed) {
  if (removed.credentials == CredentialsMode::host) {
    HostDirectory(configuration_directory, endpoint, removed.creator).discard();
  }
}

void sweep_host_directories(engine::EngineClient& engine, const std::string& configuration_directory) {
  try {
    // Creators first, containers after: what is made and finished in between is among the containers.
    std::set<std::string> candidates;
    std::error_code failure;
    for (const fs::directory_entry& entry :
         fs::directory_iterator(engines_directory(configuration_directory, engine.endpoint().host), failure)) {
      if (const std::string creator = creator_in(entry.path()); !may_be_in_the_making(entry.path(), creator)) {
        candidates.insert(creator);
      }
    }
    if (candidates.empty()) {
      return;
    }
    const std::set<std::string> living = living_creators(engine);
    for (const std::string& creator : candidates) {
      if (living.count(creator) == 0) {
        HostDirectory(configuration_directory, engine.endpoint(), creator).discard();
      }
    }
  } catch (const std::exception& error) {  // a directory that cannot be read to its end, too
    base::debug("cannot find out which sandboxes are gone: {}", error.what());
  }
}

}  // namespace docker_sandbox::sandbox

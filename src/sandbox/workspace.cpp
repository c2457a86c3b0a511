// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/sandbox/workspace.hpp"

#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/base/text.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace docker_sandbox::sandbox {
namespace {

using base::Error;
using base::ErrorKind;

Error refusal(const std::string& given, const std::string& why, std::string hint = {}) {
  return Error(ErrorKind::invalid_value, "cannot use the workspace " + base::printable(given) + ": " + why,
               std::move(hint));
}

bool contains(const std::string& directory, const std::string& path) {
  return path == directory || path.compare(0, directory.size() + 1, directory + "/") == 0;
}

void refuse_too_wide(const std::string& given, const std::string& path, const std::string& home) {
  constexpr const char* k_hint = "Run it in a project's directory, or name one with --workspace.";
  if (path == "/") {
    throw refusal(given, "it is the root of the file system", k_hint);
  }
  std::error_code ignored;
  const std::string canonical_home = home.empty() ? home : std::filesystem::canonical(home, ignored).string();
  if (canonical_home.empty() || canonical_home == "/") {
    return;
  }
  if (path == canonical_home) {
    throw refusal(given, "it is the home directory, which holds more than one project", k_hint);
  }
  if (contains(path, canonical_home)) {
    throw refusal(given, "it contains the home directory", k_hint);
  }
}

}  // namespace

std::string normal_path(const std::filesystem::path& path) {
  std::string normal = path.lexically_normal().string();
  while (normal.size() > 1 && normal.back() == '/') {
    normal.pop_back();
  }
  return normal;
}

namespace {

Workspace resolve_elsewhere(const std::string& given, const std::string& home) {
  std::error_code failure;
  std::filesystem::path path = std::filesystem::canonical(given, failure);
  struct stat status {};
  if (failure || ::stat(path.c_str(), &status) != 0) {
    if (given.front() != '/') {
      throw refusal(given, "no such directory here, and on the engine's machine only an absolute path has a meaning");
    }
    path = normal_path(given);
  }
  refuse_too_wide(given, path.string(), home);
  return {.path = path.string(), .owner = status.st_uid, .group = status.st_gid};
}

}  // namespace

Workspace resolve_workspace(const std::string& given, const std::string& home, EnginePlace place) {
  if (given.empty()) {
    throw refusal("''", "the path is empty");
  }
  if (place == EnginePlace::elsewhere) {
    return resolve_elsewhere(given, home);
  }
  std::error_code failure;
  const std::string path = std::filesystem::canonical(given, failure).string();
  if (failure) {
    const bool missing = failure.value() == ENOENT || failure.value() == ENOTDIR;
    throw refusal(given, missing ? "no such directory" : failure.message());
  }
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    throw refusal(given, std::strerror(errno));
  }
  if (!S_ISDIR(status.st_mode)) {
    throw refusal(given, "it is not a directory");
  }
  refuse_too_wide(given, path, home);
  return {
      .path = path, .device = status.st_dev, .inode = status.st_ino, .owner = status.st_uid, .group = status.st_gid};
}

}  // namespace docker_sandbox::sandbox

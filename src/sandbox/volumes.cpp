// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/sandbox/volumes.hpp"

#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/base/text.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <set>

namespace docker_sandbox::sandbox {
namespace {

using base::Error;
using base::ErrorKind;
using engine::MountRequest;

Error invalid(const std::string& text, const std::string& why) {
  return Error(ErrorKind::invalid_value, "invalid volume \"" + base::printable(text) + "\": " + why,
               "The format is hostpath:sandboxpath[:readonly|:ro].");
}

bool is_host_path(const std::string& source) {
  return source.front() == '/' || source.front() == '.' || source.front() == '~';
}

/// docker's rule for volume names.
bool is_volume_name(const std::string& name) {
  const auto is_word = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '.' || c == '-'; };
  return name.size() >= 2 && std::isalnum(static_cast<unsigned char>(name.front())) != 0 &&
         std::all_of(name.begin(), name.end(), is_word);
}

std::string host_path(const std::string& text, const std::string& source, const VolumeBase& base) {
  std::filesystem::path path(source);
  if (source == "~" || source.compare(0, 2, "~/") == 0) {
    path = base.home + source.substr(1);
  } else if (source.front() == '~') {
    throw invalid(text, "only ~ and ~/… are understood, not another user's home");
  } else if (path.is_relative()) {
    path = std::filesystem::path(base.directory) / path;
  }
  std::error_code failure;
  // Canonical: what is mounted is what was checked, and one path has one spelling.
  std::filesystem::path canonical = std::filesystem::canonical(path, failure);
  if (failure && base.place == EnginePlace::elsewhere && source.front() == '/') {
    return normal_path(source);
  }
  if (failure) {
    throw invalid(text, "the host path " + base::printable(path.string()) + " does not exist" +
                            (base.place == EnginePlace::elsewhere
                                 ? " here, and on the engine's machine only an absolute path has a meaning"
                                 : ""));
  }
  return canonical.string();
}

std::string target_path(const std::string& text, const std::string& target) {
  if (target.empty() || target.front() != '/') {
    throw invalid(text, "the path in the sandbox must be absolute");
  }
  std::string normal = normal_path(target);
  if (normal == "/") {
    throw invalid(text, "nothing can be mounted on / of the sandbox");
  }
  return normal;
}

MountRequest parse_volume(const std::string& text, const VolumeBase& base) {
  const std::vector<std::string> parts = base::split(text, ':');
  if (parts.size() == 1) {
    return {.type = MountRequest::Type::volume, .target = target_path(text, parts[0])};
  }
  if (parts.size() > 3) {
    throw invalid(text, "it has too many colons");
  }
  if (parts[0].empty()) {
    throw invalid(text, "it has no host path");
  }
  bool read_only = false;
  if (parts.size() == 3) {
    read_only = parts[2] == "ro" || parts[2] == "readonly";
    if (!read_only && parts[2] != "rw") {
      throw invalid(text, "unknown mode \"" + base::printable(parts[2]) + "\" (must be one of: ro, readonly, rw)");
    }
  }
  const std::string target = target_path(text, parts[1]);
  if (is_host_path(parts[0])) {
    return {.type = MountRequest::Type::bind,
            .source = host_path(text, parts[0], base),
            .target = target,
            .read_only = read_only};
  }
  if (!is_volume_name(parts[0])) {
    throw invalid(
        text, "\"" + base::printable(parts[0]) + "\" is neither a path (absolute, ./x, ~/x) nor the name of a volume");
  }
  return {.type = MountRequest::Type::volume, .source = parts[0], .target = target, .read_only = read_only};
}

}  // namespace

std::vector<MountRequest> parse_volumes(const std::vector<std::string>& given, const VolumeBase& base) {
  std::vector<MountRequest> mounts;
  std::set<std::string> targets;
  for (const std::string& text : given) {
    mounts.push_back(parse_volume(text, base));
    if (!targets.insert(mounts.back().target).second) {
      throw invalid(text, "another volume is mounted on " + base::printable(mounts.back().target) + " already");
    }
  }
  return mounts;
}

}  // namespace docker_sandbox::sandbox

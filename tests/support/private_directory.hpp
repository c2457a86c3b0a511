// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <system_error>

namespace docker_sandbox::support {

/// A fresh directory that nobody else may enter, removed with all that is in it. Its path is canonical.
class PrivateDirectory {
 public:
  PrivateDirectory() {
    // Short: a unix socket's path has room for 107 bytes.
    std::string path = (std::filesystem::canonical(std::filesystem::temp_directory_path()) / "ds-XXXXXX").string();
    if (::mkdtemp(path.data()) == nullptr) {
      throw std::runtime_error("cannot make a private directory");
    }
    path_ = path;
  }
  PrivateDirectory(const PrivateDirectory&) = delete;
  PrivateDirectory& operator=(const PrivateDirectory&) = delete;
  ~PrivateDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const std::string& path() const { return path_; }

  /// Makes a directory in it and gives its path.
  std::string make(const std::string& name) const {
    const std::filesystem::path made = std::filesystem::path(path_) / name;
    std::filesystem::create_directories(made);
    return made.string();
  }

 private:
  std::string path_;
};

}  // namespace docker_sandbox::support

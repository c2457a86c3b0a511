// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace docker_sandbox::sandbox {

/// Who commits, as git reports it; empty where git has no answer.
struct GitIdentity {
  std::string name;
  std::string email;
};

/// Asks git in the directory, so that every configuration file that counts there counts here. No git: no identity.
GitIdentity git_identity(const std::string& directory);

/// A system-wide git configuration for the sandbox: this identity, and the directory as safe.
std::string git_configuration(const GitIdentity& identity, const std::string& directory);

}  // namespace docker_sandbox::sandbox

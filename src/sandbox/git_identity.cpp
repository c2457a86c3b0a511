// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/sandbox/git_identity.hpp"

#include "docker_sandbox/base/text.hpp"
#include "git_command.hpp"

#include <filesystem>

namespace docker_sandbox::sandbox {
namespace {

/// `text` as a quoted value of git's configuration syntax.
std::string config_value(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    switch (c) {
      case '"':
      case '\\':
        result += '\\';
        result += c;
        break;
      case '\n':
        result += "\\n";
        break;
      case '\t':
        result += "\\t";
        break;
      default:
        result += c;
    }
  }
  return result + "\"";
}

}  // namespace

GitIdentity git_identity(const std::string& directory) {
  // A workspace on another machine need not be here: then what git says where the caller stands.
  std::error_code failure;
  const std::string asked = std::filesystem::is_directory(directory, failure) ? directory : ".";
  const os::ProcessResult answer =
      // Called by root, git would not look into another user's repository; its identity is all that is read.
      run_git(
          {"-C", asked, "-c", "safe.directory=" + directory, "config", "-z", "--get-regexp", "^user\\.(name|email)$"});
  GitIdentity identity;
  if (answer.status != 0) {
    return identity;
  }
  // With -z an entry is "key\nvalue\0"; the last one of a key is the one that counts.
  for (const std::string& entry : base::split(answer.out, '\0')) {
    const std::size_t line_end = entry.find('\n');
    if (line_end == std::string::npos) {
      continue;
    }
    const std::string key = entry.substr(0, line_end);
    (key == "user.name" ? identity.name : identity.email) = entry.substr(line_end + 1);
  }
  return identity;
}

std::string git_configuration(const GitIdentity& identity, const std::string& directory) {
  std::string text = "[safe]\n\tdirectory = " + config_value(directory) + "\n";
  if (!identity.name.empty() || !identity.email.empty()) {
    text += "[user]\n";
  }
  if (!identity.name.empty()) {
    text += "\tname = " + config_value(identity.name) + "\n";
  }
  if (!identity.email.empty()) {
    text += "\temail = " + config_value(identity.email) + "\n";
  }
  return text;
}

}  // namespace docker_sandbox::sandbox

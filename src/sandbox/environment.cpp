// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/sandbox/environment.hpp"

#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/base/text.hpp"
#include "docker_sandbox/os/file.hpp"

#include <algorithm>
#include <cerrno>

namespace docker_sandbox::sandbox {
namespace {

using base::Error;
using base::ErrorKind;

/// The kernel's limit on one string of an environment (MAX_ARG_STRLEN), its final NUL included.
constexpr std::size_t k_max_variable = 131072;
/// Far more than a program can be given; a device can be read for ever.
constexpr std::size_t k_max_env_file = 16U * 1024 * 1024;

void set(std::vector<Variable>& variables, Variable variable) {
  const std::size_t size = variable.name.size() + variable.value.size() + sizeof "=";
  if (size > k_max_variable) {
    throw Error(ErrorKind::invalid_value,
                "the variable " + base::printable(variable.name) +
                    " is too large: " + std::to_string(variable.value.size()) +
                    " bytes, and Linux gives no program a variable of more than 128 KiB",
                "Put the value into a file in the workspace, or mount one with --volume.");
  }
  const auto same = std::find_if(variables.begin(), variables.end(),
                                 [&](const Variable& other) { return other.name == variable.name; });
  if (same != variables.end()) {
    same->value = std::move(variable.value);
  } else {
    variables.push_back(std::move(variable));
  }
}

/// Adds "KEY=VALUE" or "KEY". The value is never part of a message: it may be a secret.
void add(std::vector<Variable>& variables, const std::string& text, const std::map<std::string, std::string>& caller) {
  const std::size_t equals = text.find('=');
  const std::string name = text.substr(0, equals);
  if (equals != std::string::npos) {
    set(variables, {name, text.substr(equals + 1)});
  } else if (const auto value = caller.find(name); value != caller.end()) {
    set(variables, {name, value->second});
  }
}

/// docker run's files: a line is KEY=VALUE or KEY; blank lines and lines that start with # are skipped; white space
/// before the key goes, everything behind the first = stays.
void add_file(std::vector<Variable>& variables, const std::string& path,
              const std::map<std::string, std::string>& caller) {
  const os::FileContent file = os::read_file(path, k_max_env_file);
  if (!file) {
    const std::string doing = "cannot read the env file " + base::printable(path);
    throw file.error == EFBIG ? Error(ErrorKind::invalid_value, doing + ": it has more than 16 MiB")
                              : base::system_error(doing, file.error, ErrorKind::invalid_value);
  }
  std::size_t number = 0;
  for (std::string line : base::split(file.bytes, '\n')) {
    ++number;
    if (!line.empty() && line.back() == '\r') {
      line.pop_back();
    }
    line.erase(0, std::min(line.find_first_not_of(" \t"), line.size()));
    if (line.empty() || line.front() == '#') {
      continue;
    }
    const std::string name = line.substr(0, line.find('='));
    if (name.empty() || name.find_first_of(" \t") != std::string::npos) {
      throw Error(ErrorKind::invalid_value,
                  "invalid env file " + base::printable(path) + ": line " + std::to_string(number) +
                      (name.empty() ? " has no variable name" : " has a variable name with white space"));
    }
    add(variables, line, caller);
  }
}

}  // namespace

std::vector<Variable> parse_variables(const std::vector<std::string>& env_files, const std::vector<std::string>& given,
                                      const std::map<std::string, std::string>& caller) {
  std::vector<Variable> variables;
  for (const std::string& path : env_files) {
    add_file(variables, path, caller);
  }
  for (const std::string& text : given) {
    if (text.empty() || text.front() == '=') {
      throw Error(ErrorKind::invalid_value,
                  "invalid argument \"" + std::string(text.empty() ? "" : "=…") +
                      "\" for \"-e, --env\" flag: the variable has no name (format: KEY=VALUE)");
    }
    add(variables, text, caller);
  }
  return variables;
}

}  // namespace docker_sandbox::sandbox

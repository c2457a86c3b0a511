// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/output/list_filter.hpp"

#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/base/text.hpp"

#include <regex.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>

namespace docker_sandbox::output {
namespace {

using base::Error;
using base::ErrorKind;

constexpr std::array<std::string_view, 6> k_names{"agent", "id", "label", "name", "status", "workspace"};
constexpr std::array<std::string_view, 7> k_states{"created",  "dead",       "exited", "paused",
                                                   "removing", "restarting", "running"};

Error invalid_filter(const std::string& text, const std::string& hint) {
  return Error(ErrorKind::invalid_value, "invalid filter '" + base::printable(text) + "'", hint);
}

template <typename Words>
bool contains(const Words& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

template <typename Words>
std::string listed(const Words& words) {
  return base::join(std::vector<std::string>(words.begin(), words.end()), ", ");
}

/// A POSIX extended regular expression.
class Expression {
 public:
  explicit Expression(const std::string& pattern) {
    const int failure = ::regcomp(&compiled_, pattern.c_str(), REG_EXTENDED | REG_NOSUB);
    if (failure != 0) {
      std::array<char, 128> words{};
      ::regerror(failure, &compiled_, words.data(), words.size());
      throw Error(ErrorKind::invalid_value,
                  "invalid regular expression '" + base::printable(pattern) + "' in a filter: " + words.data());
    }
  }
  Expression(const Expression&) = delete;
  Expression& operator=(const Expression&) = delete;
  ~Expression() { ::regfree(&compiled_); }

  bool found_in(const std::string& text) const { return ::regexec(&compiled_, text.c_str(), 0, nullptr, 0) == 0; }

 private:
  regex_t compiled_{};
};

bool matches_label(const SandboxView& sandbox, const std::string& wanted) {
  const std::size_t equals = wanted.find('=');
  const auto label = sandbox.labels.find(wanted.substr(0, equals));
  return label != sandbox.labels.end() && (equals == std::string::npos || label->second == wanted.substr(equals + 1));
}

/// docker's rule for names and IDs: the whole text, or a regular expression that occurs in it.
bool matches_text(const std::string& text, const std::string& wanted) {
  return text == wanted || Expression(wanted).found_in(text);
}

bool matches_one(const SandboxView& sandbox, const std::string& filter, const std::string& wanted) {
  if (filter == "agent") {
    return sandbox.agent == wanted;
  }
  if (filter == "id") {
    return matches_text(sandbox.id, wanted);
  }
  if (filter == "label") {
    return matches_label(sandbox, wanted);
  }
  if (filter == "name") {
    return matches_text(sandbox.name, wanted);
  }
  return filter == "status" ? sandbox.status == wanted : sandbox.workspace == wanted;
}

}  // namespace

ListFilter::ListFilter(const std::vector<std::string>& filters,
                       const std::function<std::string(const std::string&)>& resolve_path) {
  for (const std::string& filter : filters) {
    if (filter.empty()) {
      continue;  // as docker has it
    }
    const std::size_t equals = filter.find('=');
    if (equals == std::string::npos) {
      throw Error(ErrorKind::usage_flag,
                  "invalid argument \"" + base::printable(filter) +
                      "\" for \"-f, --filter\" flag: bad format of filter (expected name=value)");
    }
    const std::string name = base::to_lower(base::trim(std::string_view(filter).substr(0, equals)));
    std::string value(base::trim(std::string_view(filter).substr(equals + 1)));
    if (!contains(k_names, name)) {
      throw invalid_filter(name, "Filters: " + listed(k_names));
    }
    if (name == "status" && !contains(k_states, value)) {
      throw invalid_filter("status=" + value, "States: " + listed(k_states));
    }
    if (name == "name" || name == "id") {
      const Expression check(value);
    }
    wanted_[name].push_back(name == "workspace" ? resolve_path(value) : std::move(value));
  }
}

bool ListFilter::matches(const SandboxView& sandbox) const {
  return std::all_of(wanted_.begin(), wanted_.end(), [&](const auto& entry) {
    const auto matches_value = [&](const std::string& value) { return matches_one(sandbox, entry.first, value); };
    const std::vector<std::string>& values = entry.second;
    return entry.first == "label" ? std::all_of(values.begin(), values.end(), matches_value)
                                  : std::any_of(values.begin(), values.end(), matches_value);
  });
}

}  // namespace docker_sandbox::output

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

constexpr std::array<std::string_view, 7> k_states{"created",  "dead",       "exited", "paused",
                                                   "removing", "restarting", "running"};

Error invalid_filter(const std::string& text, const std::string& hint) {
  return Error(ErrorKind::invalid_value, "invalid filter '" + base::printable(text) + "'", hint);
}

/// The C library takes some hundred bytes of stack for each nested bracket.
constexpr std::size_t k_longest_expression = 1024;

/// A POSIX extended regular expression.
class Expression {
 public:
  explicit Expression(const std::string& pattern) {
    if (pattern.size() > k_longest_expression) {
      throw Error(ErrorKind::invalid_value, "invalid regular expression in a filter: longer than " +
                                                std::to_string(k_longest_expression) + " bytes");
    }
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

using Test = std::function<bool(const SandboxView&)>;

Test is_exactly(std::string SandboxView::*member, std::string wanted) {
  return [member, wanted = std::move(wanted)](const SandboxView& sandbox) { return sandbox.*member == wanted; };
}

/// docker's rule for names and IDs: the whole text, or a regular expression that occurs in it.
Test is_like(std::string SandboxView::*member, std::string wanted) {
  return [member, expression = std::make_shared<const Expression>(wanted),
          wanted = std::move(wanted)](const SandboxView& sandbox) {
    const std::string& text = sandbox.*member;
    return text == wanted || expression->found_in(text);
  };
}

/// "name", or "name=value".
Test has_label(const std::string& wanted) {
  const std::size_t equals = wanted.find('=');
  return [name = wanted.substr(0, equals), with_value = equals != std::string::npos,
          value = equals == std::string::npos ? "" : wanted.substr(equals + 1)](const SandboxView& sandbox) {
    const auto label = sandbox.labels.find(name);
    return label != sandbox.labels.end() && (!with_value || label->second == value);
  };
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
    const std::string value(base::trim(std::string_view(filter).substr(equals + 1)));
    if (name == "agent") {
      tests_[name].push_back(is_exactly(&SandboxView::agent, value));
    } else if (name == "id") {
      tests_[name].push_back(is_like(&SandboxView::id, value));
    } else if (name == "label") {
      tests_[name].push_back(has_label(value));
    } else if (name == "name") {
      tests_[name].push_back(is_like(&SandboxView::name, value));
    } else if (name == "status") {
      if (std::find(k_states.begin(), k_states.end(), value) == k_states.end()) {
        throw invalid_filter("status=" + value, "States: " + base::join({k_states.begin(), k_states.end()}, ", "));
      }
      tests_[name].push_back(is_exactly(&SandboxView::status, value));
    } else if (name == "workspace") {
      tests_[name].push_back(is_exactly(&SandboxView::workspace, resolve_path(value)));
    } else {
      throw invalid_filter(name, "Filters: agent, id, label, name, status, workspace");
    }
  }
}

bool ListFilter::matches(const SandboxView& sandbox) const {
  return std::all_of(tests_.begin(), tests_.end(), [&](const auto& entry) {
    const auto& [name, tests] = entry;
    const auto passes = [&](const Test& test) { return test(sandbox); };
    return name == "label" ? std::all_of(tests.begin(), tests.end(), passes)
                           : std::any_of(tests.begin(), tests.end(), passes);
  });
}

}  // namespace docker_sandbox::output

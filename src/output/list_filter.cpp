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
  std::optional<std::string> value;
  if (equals != std::string::npos) {
    value = wanted.substr(equals + 1);
  }
  return [name = wanted.substr(0, equals), value = std::move(value)](const SandboxView& sandbox) {
    const auto label = sandbox.labels.find(name);
    return label != sandbox.labels.end() && (!value || label->second == *value);
  };
}

Test test_of(const std::string& name, const std::string& value,
             const std::function<std::string(const std::string&)>& resolve_path) {
  if (name == "agent") {
    return is_exactly(&SandboxView::agent, value);
  }
  if (name == "id") {
    return is_like(&SandboxView::id, value);
  }
  if (name == "label") {
    return has_label(value);
  }
  if (name == "name") {
    return is_like(&SandboxView::name, value);
  }
  if (name == "status") {
    if (std::find(k_states.begin(), k_states.end(), value) == k_states.end()) {
      throw invalid_filter("status=" + value, "States: " + base::join({k_states.begin(), k_states.end()}, ", "));
    }
    return is_exactly(&SandboxView::status, value);
  }
  if (name == "workspace") {
    return is_exactly(&SandboxView::workspace, resolve_path(value));
  }
  throw invalid_filter(name, "Filters: agent, id, label, name, status, workspace");
}

}  // namespace

std::optional<FilterArgument> parse_filter(const std::string& filter, std::string_view flag) {
  if (filter.empty()) {
    return std::nullopt;
  }
  const std::size_t equals = filter.find('=');
  if (equals == std::string::npos) {
    throw Error(ErrorKind::usage_flag, "invalid argument \"" + base::printable(filter) + "\" for \"" +
                                           std::string(flag) + "\" flag: bad format of filter (expected name=value)");
  }
  return FilterArgument{.name = std::string(base::trim(std::string_view(filter).substr(0, equals))),
                        .value = std::string(base::trim(std::string_view(filter).substr(equals + 1)))};
}

ListFilter::ListFilter(const std::vector<std::string>& filters,
                       const std::function<std::string(const std::string&)>& resolve_path) {
  for (const std::string& filter : filters) {
    if (const std::optional<FilterArgument> given = parse_filter(filter, "-f, --filter")) {
      const std::string name = base::to_lower(given->name);
      tests_[name].push_back(test_of(name, given->value, resolve_path));
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

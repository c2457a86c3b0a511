// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/output/sandbox_view.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace docker_sandbox::output {

/// One `--filter` in docker's grammar, name=value, without the blanks around the two.
struct FilterArgument {
  std::string name;
  std::string value;
};

/// Nothing for an empty one, which docker takes for none. Throws Error{usage_flag}, with docker's sentence, for one without
/// "="; `flag` is how that names the option.
std::optional<FilterArgument> parse_filter(const std::string& filter, std::string_view flag);

/// What `--filter` of `ls` says, in docker's grammar: name=value. Filters of different names must all match; of several
/// with one name one must, except labels, which all must.
class ListFilter {
 public:
  /// `filters` as they were given; `resolve_path` makes a workspace's canonical path of what the user wrote. Throws
  /// Error{usage_flag} for one without "=", Error{invalid_value} for an unknown one, with docker's sentences.
  ListFilter(const std::vector<std::string>& filters,
             const std::function<std::string(const std::string&)>& resolve_path);

  bool matches(const SandboxView& sandbox) const;
  /// Whether that depends on the labels.
  bool asks_for_labels() const { return tests_.contains("label"); }

 private:
  std::map<std::string, std::vector<std::function<bool(const SandboxView&)>>> tests_;  ///< filter -> one for each value
};

}  // namespace docker_sandbox::output

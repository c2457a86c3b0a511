// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/output/go_template.hpp"
#include "docker_sandbox/output/sandbox_view.hpp"

#include <optional>
#include <string>
#include <vector>

namespace docker_sandbox::output {

/// What may reach the stream as it came from outside: a terminal acts on control characters, a script wants the bytes.
enum class Destination { terminal, other };

struct ListStyle {
  bool quiet = false;     ///< IDs only
  bool no_trunc = false;  ///< IDs and paths in full
  Destination destination = Destination::other;
};

/// What `--format` of `ls` says: "table" (also when empty), "table TEMPLATE", "json", or a template, as docker has them.
class ListFormat {
 public:
  /// Throws Error{invalid_value} for a malformed template.
  explicit ListFormat(const std::string& format);

  /// The answer of `ls`, in the order given. Throws Error{invalid_value} for a template that asks for what is not there.
  std::string render(const std::vector<SandboxView>& sandboxes, const ListStyle& style) const;

  bool is_default() const { return kind_ == Kind::columns; }

 private:
  enum class Kind { columns, table, lines };

  Kind kind_ = Kind::columns;
  std::optional<GoTemplate> template_;
};

/// The answer of `ls` in its own columns.
std::string render_list(const std::vector<SandboxView>& sandboxes, const ListStyle& style);

/// The first 12 digits of an ID.
std::string short_id(const std::string& id);

/// A long path without its middle: /home/user/.../my-project.
std::string shorten_path(const std::string& path);

/// YYYY-MM-DD HH:MM:SS in UTC.
std::string utc_time(std::int64_t seconds_since_epoch);

/// YYYY-MM-DD HH:MM:SS +0200 CEST in local time, as docker's `.CreatedAt` has it.
std::string local_time(std::int64_t seconds_since_epoch);

}  // namespace docker_sandbox::output

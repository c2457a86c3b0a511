// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/output/sandbox_view.hpp"

#include <string>
#include <vector>

namespace docker_sandbox::output {

struct ListStyle {
  bool quiet = false;     ///< IDs only
  bool no_trunc = false;  ///< IDs and paths in full
};

/// The answer of `ls`, in the order given.
std::string render_list(const std::vector<SandboxView>& sandboxes, const ListStyle& style);

/// The first 12 digits of an ID.
std::string short_id(const std::string& id);

/// A long path without its middle: /home/user/.../my-project.
std::string shorten_path(const std::string& path);

/// YYYY-MM-DD HH:MM:SS in UTC.
std::string utc_time(std::int64_t seconds_since_epoch);

}  // namespace docker_sandbox::output

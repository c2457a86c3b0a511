// SPDX-License-Identifier: Apache-2.0
// A container's labels, one a line: its name, then name=value.
#include "docker_sandbox/sandbox/labels.hpp"
#include "cli/sandbox_views.hpp"
#include "docker_sandbox/output/list_view.hpp"
#include "fuzz_target.hpp"

#include <algorithm>

namespace ds = docker_sandbox;

FUZZ_TARGET(labels) {
  ds::engine::ContainerSummary container{.id = std::string(64, 'a'), .state = "running"};
  container.names.emplace_back(ds::fuzz::take_line(bytes));
  const std::string target(ds::fuzz::take_line(bytes));
  container.mounts.push_back({.type = "bind", .source = target, .destination = target});
  while (!bytes.empty()) {
    const std::string_view line = ds::fuzz::take_line(bytes);
    const std::size_t equals = std::min(line.find('='), line.size());
    container.labels[std::string(line.substr(0, equals))] = line.substr(std::min(equals + 1, line.size()));
  }
  const auto sandbox = ds::sandbox::labels::decode(container);
  if (!sandbox) {
    return;
  }
  ds::fuzz::require(sandbox->workspace == target, "a sandbox has its workspace mounted at its own path");
  const std::string text =
      ds::output::render_list({ds::cli::view_of(*sandbox)}, {.destination = ds::output::Destination::terminal});
  ds::fuzz::require(!ds::fuzz::moves_cursor(text), "a list moves no cursor");
}

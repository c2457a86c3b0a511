// SPDX-License-Identifier: Apache-2.0
// Templates of Go's language, and filters, as --format and --filter take them.
#include "docker_sandbox/output/go_template.hpp"
#include "docker_sandbox/output/inspect_view.hpp"
#include "docker_sandbox/output/list_filter.hpp"
#include "docker_sandbox/output/list_view.hpp"
#include "fuzz_target.hpp"

#include <algorithm>

namespace ds = docker_sandbox;

namespace {

const std::vector<ds::output::SandboxView>& views() {
  static const std::vector<ds::output::SandboxView> all{
      {.id = std::string(64, 'a'),
       .name = "one",
       .agent = "claude",
       .template_image = "image:tag",
       .workspace = "/home/user/\x1b[31mproject",
       .status = "running",
       .created_unix = 1'700'000'000,
       .credentials = "none",
       .labels = {{"docker/sandbox", "true"}, {"bell", "\a"}, {"csi\u009b", "\u009b2J"}},
       .env = {"A=1", "TOKEN=secret"},
       .mounts = {{.type = "bind", .source = "/a", .target = "/b"}}},
      {.id = std::string(64, 'b'), .name = "two"},
  };
  return all;
}

/// A template's own text may hold what it likes; what it shows of a sandbox may not. Numbers can be printed as characters,
/// and bytes that stand apart in the template may come together to one.
bool is_plain(std::string_view format) {
  const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  return std::all_of(format.begin(), format.end(), is_ascii) && !ds::fuzz::moves_cursor(format) &&
         format.find('\\') == std::string_view::npos && format.find("printf") == std::string_view::npos;
}

}  // namespace

FUZZ_TARGET(list_format) {
  const bool plain = is_plain(bytes);
  const ds::output::ListFormat format{std::string(bytes)};
  const std::string text = format.render(views(), {.destination = ds::output::Destination::terminal});
  ds::fuzz::require(!plain || !ds::fuzz::moves_cursor(text), "a sandbox's values move no cursor");
}

FUZZ_TARGET(inspect_format) {
  const bool plain = is_plain(bytes);
  const ds::output::InspectFormat format{std::string(bytes)};
  const std::string text = format.render(views(), false, ds::output::Destination::terminal);
  ds::fuzz::require(!plain || !ds::fuzz::moves_cursor(text), "a sandbox's values move no cursor");
  ds::fuzz::require(
      !plain || bytes.find("secret") != std::string_view::npos || text.find("TOKEN=secret") == std::string::npos,
      "a secret is masked");
}

FUZZ_TARGET(list_filter) {
  const ds::output::ListFilter filter({std::string(bytes)}, [](const std::string& path) { return path; });
  for (const auto& view : views()) {
    filter.matches(view);
  }
}

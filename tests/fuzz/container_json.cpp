// SPDX-License-Identifier: Apache-2.0
// The engine's answers about containers, on their way to the screen.
#include "cli/sandbox_views.hpp"
#include "docker_sandbox/output/inspect_view.hpp"
#include "docker_sandbox/output/list_view.hpp"
#include "docker_sandbox/sandbox/labels.hpp"
#include "engine/container_list.hpp"
#include "engine/json_codec.hpp"
#include "fuzz_target.hpp"
#include "support/pieces.hpp"

namespace ds = docker_sandbox;
namespace codec = docker_sandbox::engine::json_codec;

namespace {

std::vector<ds::engine::ContainerSummary> read_list(std::string_view bytes, std::size_t piece) {
  std::vector<ds::engine::ContainerSummary> rows;
  ds::engine::ContainerListReader reader("GET /containers/json",
                                         [&](ds::engine::ContainerSummary&& row) { rows.push_back(std::move(row)); });
  ds::support::in_pieces(bytes, piece, [&](std::string_view part) { reader.feed(part); });
  reader.finish();
  return rows;
}

}  // namespace

FUZZ_TARGET(container_list_json) {
  constexpr std::size_t k_longest_piece = 97;
  const auto containers = read_list(bytes, 1 + bytes.size() % k_longest_piece);
  ds::fuzz::require(read_list(bytes, bytes.size()).size() == containers.size(),
                    "a list means the same however it is cut");
  std::vector<ds::output::SandboxView> views;
  for (const auto& container : containers) {
    if (const auto sandbox = ds::sandbox::labels::decode(container)) {
      views.push_back(ds::cli::view_of(*sandbox));
    }
  }
  const std::string text = ds::output::render_list(views, {.destination = ds::output::Destination::terminal});
  ds::fuzz::require(!ds::fuzz::moves_cursor(text), "a list moves no cursor");
  const std::string own = ds::output::ListFormat("{{json .}} {{.Name}} {{.Labels}}\t{{.Workspace}}")
                              .render(views, {.destination = ds::output::Destination::terminal});
  ds::fuzz::require(!ds::fuzz::moves_cursor(own), "a list in the user's format moves no cursor");
}

FUZZ_TARGET(container_json) {
  const auto details = codec::decode_container(std::string(bytes), "GET /containers/x/json");
  const auto view = ds::cli::view_of({.id = details.id, .name = details.name, .labels = details.labels}, details);
  const std::string text = ds::output::render_inspect({view}, false);
  ds::fuzz::require(!ds::fuzz::moves_cursor(text), "what inspect prints moves no cursor");
}

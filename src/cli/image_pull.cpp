// SPDX-License-Identifier: Apache-2.0
#include "image_pull.hpp"

#include "docker_sandbox/docker_config/registry_auth.hpp"
#include "docker_sandbox/engine/pull_progress.hpp"
#include "docker_sandbox/os/terminal.hpp"
#include "docker_sandbox/output/progress.hpp"

#include <map>
#include <string_view>

namespace docker_sandbox::cli {
namespace {

constexpr unsigned k_default_columns = 80;

unsigned columns_of(const Io& io) {
  const std::optional<os::WindowSize> size = os::window_size(io.err());
  return size && size->columns > 0 ? size->columns : k_default_columns;
}

/// Shows the events of one pull.
class Display {
 public:
  explicit Display(const Io& io) : io_(io), bars_(columns_of(io)) {}

  void show(const engine::PullEvent& event) {
    if (!io_.err_may_move_cursor()) {
      show_line(event);
    } else if (event.id.empty()) {
      io_.write_err(bars_.message(event.status));
    } else {
      io_.write_err(
          bars_.update({.id = event.id, .status = event.status, .current = event.current, .total = event.total}));
    }
  }

 private:
  /// One line for each new state of a layer: logs are read by people, too.
  void show_line(const engine::PullEvent& event) {
    if (!event.id.empty()) {
      std::string& last = states_[event.id];
      if (last == event.status) {
        return;
      }
      last = event.status;
    }
    io_.message(event.id.empty() ? event.status : event.id + ": " + event.status);
  }

  const Io& io_;
  output::ProgressBars bars_;
  std::map<std::string, std::string> states_;
};

}  // namespace

void pull_image(const CommandContext& context, EngineAccess& engine, const std::string& reference,
                PullDisplay display) {
  std::string warning;
  const std::string login =
      docker_config::registry_auth_header(reference, engine.config, context.environment, &warning);
  if (!warning.empty()) {
    context.io.message(warning);
  }
  Display shown(context.io);
  engine::PullStream stream([&](const engine::PullEvent& event) {
    if (display == PullDisplay::progress) {
      shown.show(event);
    }
  });
  engine.client.pull_image(reference, login, [&](std::string_view bytes) { stream.feed(bytes); });
  stream.finish();
}

}  // namespace docker_sandbox::cli

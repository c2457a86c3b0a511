// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/base/log.hpp"

#include "docker_sandbox/base/text.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>

namespace docker_sandbox::base {
namespace {

bool g_debug_enabled = false;

spdlog::logger& logger() {
  static const std::shared_ptr<spdlog::logger> instance = [] {
    auto made = std::make_shared<spdlog::logger>("docker-sandbox", std::make_shared<spdlog::sinks::stderr_sink_st>());
    made->set_level(spdlog::level::debug);
    made->set_pattern("%Y-%m-%dT%H:%M:%S.%e %l %v");
    return made;
  }();
  return *instance;
}

}  // namespace

bool debug_enabled() {
  return g_debug_enabled;
}

void set_debug_enabled(bool enabled) {
  g_debug_enabled = enabled;
}

void write_debug_line(std::string_view line) {
  logger().debug("{}", printable(line));
}

}  // namespace docker_sandbox::base

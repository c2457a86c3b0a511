// SPDX-License-Identifier: Apache-2.0
#include "engine_access.hpp"

#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/base/log.hpp"
#include "docker_sandbox/base/text.hpp"
#include "docker_sandbox/docker_config/endpoint.hpp"

#include <unistd.h>

#include <optional>

namespace docker_sandbox::cli {
namespace {

/// $DOCKER_API_VERSION, which turns negotiation off.
std::optional<engine::ApiVersion> pinned_version(const CommandContext& context) {
  const std::string text(base::trim(variable(context, "DOCKER_API_VERSION")));
  if (text.empty()) {
    return std::nullopt;
  }
  const std::optional<engine::ApiVersion> version = engine::parse_api_version(text);
  if (!version) {
    throw base::Error(base::ErrorKind::bad_config, "invalid API version in DOCKER_API_VERSION: " +
                                                       base::printable(text) + " (must be formatted <major>.<minor>)");
  }
  return version;
}

}  // namespace

std::string variable(const CommandContext& context, const std::string& name) {
  const auto found = context.environment.find(name);
  return found == context.environment.end() ? std::string() : found->second;
}

pid_t docker_cli(const CommandContext& context) {
  return variable(context, "DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND").empty() ? 0 : ::getppid();
}

EngineAccess access_engine(const CommandContext& context) {
  docker_config::ConfigFile config = docker_config::load_config_file(context.globals, context.environment);
  // Under the docker CLI that has said so already.
  if (config.warning && docker_cli(context) == 0) {
    context.io.message(*config.warning);
  }
  docker_config::Endpoint endpoint = docker_config::resolve_endpoint(context.globals, context.environment, config);
  base::debug("engine: {} (context {})", endpoint.host, endpoint.context_name);
  std::map<std::string, std::string> headers = docker_config::custom_headers(config, context.environment);
  return {.config = std::move(config),
          .client = engine::EngineClient(std::move(endpoint), std::move(headers), pinned_version(context))};
}

}  // namespace docker_sandbox::cli

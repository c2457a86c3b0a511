// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/cli/io.hpp"
#include "docker_sandbox/docker_config/config_file.hpp"

#include <optional>
#include <string>
#include <vector>

/// The commands, each a function of its parsed options. A command throws base::Error for what stops it and returns the
/// process's exit status otherwise; cli::run turns errors into sentences and statuses.
namespace docker_sandbox::cli {

/// What every command is given.
struct CommandContext {
  const Io& io;
  const docker_config::Environment& environment;
  const docker_config::GlobalOptions& globals;
};

struct RunOptions {
  std::string credentials = "sandbox";
  bool credentials_given = false;
  bool detached = false;
  std::vector<std::string> env;
  std::vector<std::string> env_files;
  bool mount_docker_socket = false;
  std::optional<std::string> name;
  std::string pull = "missing";
  bool quiet = false;
  std::optional<std::string> template_image;
  std::vector<std::string> volumes;
  std::optional<std::string> workspace;
  std::string agent;
  std::vector<std::string> agent_options;
};
int run_command(const CommandContext& context, const RunOptions& options);

struct LsOptions {
  bool quiet = false;
  bool no_trunc = false;
};
int ls_command(const CommandContext& context, const LsOptions& options);

struct InspectOptions {
  bool show_secrets = false;
  std::vector<std::string> sandboxes;
};
int inspect_command(const CommandContext& context, const InspectOptions& options);

struct RmOptions {
  bool force = false;
  std::vector<std::string> sandboxes;
};
int rm_command(const CommandContext& context, const RmOptions& options);

int version_command(const CommandContext& context);

}  // namespace docker_sandbox::cli

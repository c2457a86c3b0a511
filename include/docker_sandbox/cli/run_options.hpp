// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/cli/option_set.hpp"

#include <optional>
#include <string>
#include <vector>

namespace docker_sandbox::cli {

/// What the user of `run` or `create` asked for, as it was written.
struct RunOptions {
  std::string credentials = "sandbox";
  bool credentials_given = false;
  bool detached = false;
  std::vector<std::string> env;
  std::vector<std::string> env_files;
  bool force = false;
  bool mount_docker_socket = false;
  std::optional<std::string> name;
  std::string pull = "missing";
  bool quiet = false;
  bool recreate = false;
  std::optional<std::string> template_image;
  std::vector<std::string> volumes;
  std::optional<std::string> workspace;
  std::string agent;
  std::vector<std::string> agent_options;
};

/// The options that a sandbox is created with: those of `create`, and all but one of `run`.
void declare_creation_options(OptionSet& options, RunOptions& given);

/// The options of `run`, which are read in front of AGENT only.
void declare_run_options(OptionSet& options, RunOptions& given);

/// Tells the agent from its options: `arguments` begins with AGENT, and one "--" directly behind it is dropped.
void split_agent(const std::vector<std::string>& arguments, RunOptions& given);

}  // namespace docker_sandbox::cli

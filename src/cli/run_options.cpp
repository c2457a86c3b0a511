// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/cli/run_options.hpp"

namespace docker_sandbox::cli {

void declare_creation_options(OptionSet& options, RunOptions& given) {
  options.text("--credentials", given.credentials, "Credentials source (host, sandbox, or none)",
               {.kind = ValueKind::credentials_mode, .default_text = "sandbox"});
  options.list("-e,--env", given.env, "Set environment variables (format: KEY=VALUE)", {.kind = ValueKind::variable});
  options.list("--env-file", given.env_files, "Read in a file of environment variables", {.kind = ValueKind::file});
  options.toggle("-f,--force", given.force, "With --recreate: also end what runs in the sandbox");
  options.toggle("--mount-docker-socket", given.mount_docker_socket, "Mount the host's Docker socket into the sandbox");
  options.text("--name", given.name, "Name for the sandbox");
  options.text("--pull", given.pull, "Pull image before creating (\"always\", \"missing\", \"never\")",
               {.kind = ValueKind::pull_policy, .default_text = "missing"});
  options.toggle("-q,--quiet", given.quiet, "Suppress verbose output");
  options.toggle("--recreate", given.recreate,
                 "Remove this workspace's sandbox and create it anew with the options given");
  options.text("-t,--template", given.template_image,
               "Container image to use for the sandbox (default: agent-specific image)", {.kind = ValueKind::image});
  options.list("-v,--volume", given.volumes,
               "Bind mount a volume or host file or directory into the sandbox (format: "
               "hostpath:sandboxpath[:readonly|:ro])",
               {.kind = ValueKind::file});
  options.text("-w,--workspace", given.workspace, "Workspace path",
               {.kind = ValueKind::directory, .default_text = "."});
}

void declare_run_options(OptionSet& options, RunOptions& given) {
  declare_creation_options(options, given);
  options.toggle("-d,--detached", given.detached, "Create sandbox without running agent interactively");
  options.toggle("--detach", given.detached, "Create sandbox without running agent interactively", {.hidden = true});
}

void split_agent(const std::vector<std::string>& arguments, RunOptions& given) {
  given.agent = arguments.front();
  auto first = arguments.begin() + 1;
  if (first != arguments.end() && *first == "--") {
    ++first;
  }
  given.agent_options.assign(first, arguments.end());
}

}  // namespace docker_sandbox::cli

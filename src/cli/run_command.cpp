// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/agent/catalog.hpp"
#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/base/text.hpp"
#include "docker_sandbox/cli/command.hpp"
#include "docker_sandbox/cli/other_generations.hpp"
#include "docker_sandbox/cli/run_options.hpp"
#include "docker_sandbox/cli/step_time.hpp"
#include "docker_sandbox/cli/suggestion.hpp"
#include "docker_sandbox/sandbox/credentials.hpp"
#include "docker_sandbox/sandbox/executor.hpp"
#include "docker_sandbox/sandbox/host_directory.hpp"
#include "docker_sandbox/sandbox/registry.hpp"
#include "docker_sandbox/sandbox/removal.hpp"
#include "docker_sandbox/sandbox/spec.hpp"
#include "docker_sandbox/sandbox/volumes.hpp"
#include "engine_access.hpp"
#include "image_pull.hpp"
#include "run_call.hpp"
#include "sandbox_arguments.hpp"
#include "sandbox_session.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

namespace docker_sandbox::cli {
namespace {

using base::Error;
using base::ErrorKind;

constexpr const char* k_default_engine_socket = "/var/run/docker.sock";
/// Each further attempt is one in which somebody stopped or removed the sandbox between two of our calls.
constexpr int k_attempts = 10;

/// Which agent was meant by a word that is none, or how to enter the sandbox that it names; "" when it is neither.
std::string instead_of_agent(const CommandContext& context, const RunOptions& options) {
  std::vector<std::string> names;
  for (const agent::AgentProfile& profile : agent::catalog()) {
    names.push_back(profile.name);
  }
  const std::string meant = closest(options.agent, names);
  if (!meant.empty()) {
    return "Did you mean " + meant + "?";
  }
  try {
    EngineAccess engine = access_engine(context);
    const std::vector<sandbox::Sandbox> all = sandbox::SandboxRegistry(engine.client).list();
    const sandbox::Sandbox* named = sandbox::find_sandbox(all, options.agent, current_directory(context));
    return named == nullptr ? "" : instead_of_sandbox_argument(named->workspace, named->agent, options.agent_options);
  } catch (const Error&) {
    return {};  // The word is no agent, whatever the engine says.
  }
}

const agent::AgentProfile& requested_agent(const CommandContext& context, const RunOptions& options) {
  const agent::AgentProfile* profile = agent::find_agent(options.agent);
  if (profile == nullptr) {
    throw Error(ErrorKind::invalid_value,
                "invalid agent: " + base::printable(options.agent) + " (must be one of: " + agent::agent_names() + ")",
                instead_of_agent(context, options));
  }
  return *profile;
}

sandbox::CredentialsMode requested_credentials(const std::string& text) {
  const std::optional<sandbox::CredentialsMode> mode = sandbox::parse_credentials_mode(text);
  if (!mode) {
    throw Error(ErrorKind::invalid_value, "invalid credentials mode: " + base::printable(text) +
                                              " (must be one of: " + std::string(sandbox::credentials_modes()) + ")");
  }
  return *mode;
}

sandbox::PullPolicy requested_pull(const std::string& text) {
  if (text == "missing") {
    return sandbox::PullPolicy::missing;
  }
  if (text == "always") {
    return sandbox::PullPolicy::always;
  }
  if (text == "never") {
    return sandbox::PullPolicy::never;
  }
  throw Error(ErrorKind::invalid_value, "invalid pull option: '" + base::printable(text) +
                                            "': must be one of \"always\", \"missing\" or \"never\"");
}

sandbox::Reuse requested_reuse(const RunOptions& options) {
  if (!options.recreate) {
    return sandbox::Reuse::keep;
  }
  return options.force ? sandbox::Reuse::recreate_by_force : sandbox::Reuse::recreate;
}

/// Every user namespace that engines make for themselves has groups up to here.
constexpr gid_t k_groups_everywhere = 65536;

/// The engine's socket as the engine's host has it. Its group is only known where that host is this one. A rootless
/// engine's is a subordinate one, whose number means nothing in its containers, which would not start with it: then, too,
/// the set-up finds it out inside.
void request_docker_socket(const docker_config::Endpoint& endpoint, sandbox::SandboxSpec& spec) {
  spec.docker_socket = endpoint.is_local() ? endpoint.socket_path : k_default_engine_socket;
  struct stat status {};
  if (endpoint.is_local() && ::stat(endpoint.socket_path.c_str(), &status) == 0 &&
      status.st_gid < k_groups_everywhere) {
    spec.docker_socket_group = status.st_gid;
  }
}

sandbox::SandboxSpec resolve(const CommandContext& context, const RunOptions& options) {
  sandbox::SandboxSpec spec;
  spec.agent = &requested_agent(context, options);
  spec.credentials = requested_credentials(options.credentials);
  spec.template_image = options.template_image.value_or(spec.agent->image);
  sandbox::check_image_reference(spec.template_image);
  spec.name = options.name;
  if (spec.name) {
    sandbox::check_name(*spec.name);
  }
  spec.variables = sandbox::parse_variables(options.env_files, options.env, context.environment);
  spec.caller = {.home = variable(context, "HOME"),
                 .configuration_directory = docker_config::config_directory(context.globals, context.environment)};
  spec.given = {.credentials = options.credentials_given, .template_image = options.template_image.has_value()};
  return spec;
}

/// The part of the wish that is about files, which are those of the engine's machine.
void resolve_paths(const CommandContext& context, const RunOptions& options, const docker_config::Endpoint& endpoint,
                   sandbox::SandboxSpec& spec) {
  const bool is_local = endpoint.is_local();
  if (!is_local && spec.credentials == sandbox::CredentialsMode::host) {
    throw Error(ErrorKind::invalid_value,
                "cannot use --credentials host: it lends files of this machine, and the engine at " +
                    base::printable(endpoint.host) + " mounts those of its own",
                "Use --credentials sandbox, or none.");
  }
  const sandbox::EnginePlace place = is_local ? sandbox::EnginePlace::here : sandbox::EnginePlace::elsewhere;
  spec.workspace = sandbox::resolve_workspace(options.workspace.value_or("."), spec.caller.home, place);
  spec.volumes = sandbox::parse_volumes(
      options.volumes, {.directory = current_directory(context), .home = spec.caller.home, .place = place});
  spec.identity = sandbox::agent_identity(::getuid(), ::getgid(), spec.workspace);
}

/// The proxies of config.json. As docker run has it, an option that names one of their variables takes its place, also
/// one without a value; and unlike there, a line of a file does so, too: it was given, and they were not.
void request_proxies(const EngineAccess& engine, const RunOptions& options, sandbox::SandboxSpec& spec) {
  const auto is_given = [&](const std::string& name) {
    return std::find(options.env.begin(), options.env.end(), name) != options.env.end() ||
           std::any_of(spec.variables.begin(), spec.variables.end(),
                       [&](const sandbox::Variable& variable) { return variable.name == name; });
  };
  for (const auto& [name, value] : docker_config::proxy_variables(engine.config, engine.client.endpoint().host)) {
    if (!is_given(name)) {
      spec.proxies.push_back({name, value});
    }
  }
}

/// One `run`, from a resolved wish to the agent's exit status.
class Run {
 public:
  Run(const CommandContext& context, const RunOptions& options, sandbox::SandboxSpec spec, EngineAccess& engine)
      : context_(context), options_(options), spec_(std::move(spec)), engine_(engine) {}

  int detached() {
    if (options_.agent_options.empty()) {
      context_.io.write_out(base::printable(make_ready().sandbox.id) + "\n");
      return 0;
    }
    return with_agent(
        [this](const sandbox::Sandbox& sandbox, const std::vector<std::string>& command) -> std::optional<int> {
          const std::optional<int> run = start_agent(context_, engine_, sandbox, command);
          if (!run) {
            return std::nullopt;
          }
          if (!options_.quiet) {
            context_.io.message("Run " + std::to_string(*run) + " of " + spec_.agent->name +
                                " works in the background: see 'docker sandbox logs -f " + sandbox.name + "'.");
          }
          context_.io.write_out(base::printable(sandbox.id) + "\n");
          return 0;
        });
  }

  int foreground() {
    return with_agent([this](const sandbox::Sandbox& sandbox, const std::vector<std::string>& command) {
      return run_agent(context_, engine_, sandbox, command);
    });
  }

 private:
  /// Has `act` enter the ready sandbox, again when it was stopped or removed in between (then `act` gives nothing).
  template <typename Act>
  int with_agent(Act act) {
    const std::vector<std::string> command = agent::command_line(*spec_.agent, options_.agent_options);
    for (int attempt = 0; attempt < k_attempts; ++attempt) {
      const sandbox::ReadySandbox ready = make_ready();
      revocable_ = revocable_ || ready.revocable;
      try {
        if (const std::optional<int> status = act(ready.sandbox, command)) {
          return *status;
        }
      } catch (const Error& error) {
        // Signals count here only before the agent was started.
        const bool was_of_no_use = error.kind() == ErrorKind::agent_not_found ||
                                   error.kind() == ErrorKind::interrupted || error.kind() == ErrorKind::terminated;
        if (was_of_no_use && revocable_ && sandbox::remove_unless_used(engine_.client, ready.sandbox.id)) {
          sandbox::discard_host_directory(engine_.config.directory, engine_.client.endpoint(), ready.sandbox);
        }
        throw;
      }
    }
    throw Error(ErrorKind::engine_conflict, "the sandbox of " + base::printable(spec_.workspace.path) +
                                                " is stopped or removed by others all the time");
  }

  void pull(const std::string& reference) {
    if (options_.quiet) {
      pull_image(context_, engine_, reference, PullDisplay::nothing);
      return;
    }
    if (options_.pull != "always") {
      context_.io.message("Unable to find image '" + reference + "' locally");
    }
    const auto started = std::chrono::steady_clock::now();
    pull_image(context_, engine_, reference, PullDisplay::progress);
    const std::chrono::milliseconds took = time_since(started);
    pulled_for_ += took;
    context_.io.message("Pulled " + reference + " in " + step_time(took) + ".");
  }

  static std::chrono::milliseconds time_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start);
  }

  sandbox::ReadySandbox make_ready() {
    const sandbox::ExecutorHooks hooks{
        .pull_image = [this](const std::string& reference) { pull(reference); },
        .warn = [this](const std::string& line) { context_.io.message("WARNING: " + line); },
        .note =
            [this](const std::string& line) {
              if (!options_.quiet) {
                context_.io.message(line);
              }
            }};
    const auto started = std::chrono::steady_clock::now();
    pulled_for_ = {};
    sandbox::ReadySandbox ready =
        sandbox::make_ready(engine_.client, spec_, requested_pull(options_.pull), hooks, reuse_);
    // What another attempt finds is this call's own, or newer.
    reuse_ = sandbox::Reuse::keep;
    tell_about_credentials(ready.sandbox);
    if (ready.created && !options_.quiet) {
      // A pull has told its own time.
      const std::string line = slow_creation_line(ready.sandbox.name, time_since(started) - pulled_for_);
      if (!line.empty()) {
        context_.io.message(line);
      }
    }
    if (ready.created && spec_.docker_socket) {
      context_.io.message(
          "CAUTION: the agent has full access to the Docker engine, with root-level privileges on its host; "
          "only use --mount-docker-socket when you trust the code that it runs.");
    }
    return ready;
  }

  void tell_about_credentials(const sandbox::Sandbox& sandbox) {
    if (sandbox.credentials != sandbox::CredentialsMode::sandbox) {
      return;
    }
    if (sandbox.agent != spec_.agent->name && !options_.quiet) {
      context_.io.message("This sandbox was made for " + sandbox.agent + ": a login of " + spec_.agent->name +
                          " stays in it, and is gone with it.");
    } else if (spec_.agent->name == "claude" && engine_.client.endpoint().is_local() &&
               sandbox::has_conflicting_api_key(spec_.workspace.path)) {
      context_.io.message(
          "WARNING: .claude.json in the workspace has a primaryApiKey, which conflicts with the sandbox's "
          "credentials; the sandbox's count. Remove the field, or use --credentials none.");
    }
  }

  const CommandContext& context_;
  const RunOptions& options_;
  sandbox::SandboxSpec spec_;
  EngineAccess& engine_;
  bool revocable_ = false;  ///< the sandbox was made by this call, for which no other one went
  sandbox::Reuse reuse_ = requested_reuse(options_);
  std::chrono::milliseconds pulled_for_{};
};

}  // namespace

int run_sandbox(const CommandContext& context, const RunOptions& options) {
  requested_pull(options.pull);
  if (options.force && !options.recreate) {
    throw Error(ErrorKind::invalid_value, "--force only works together with --recreate");
  }
  sandbox::SandboxSpec spec = resolve(context, options);
  const std::string advice = instead_of_workspace_argument(options.agent, options.agent_options);
  if (!advice.empty() && !options.quiet) {
    context.io.message("Note: " + advice);
  }
  EngineAccess engine = access_engine(context);
  resolve_paths(context, options, engine.client.endpoint(), spec);
  request_proxies(engine, options, spec);
  if (options.mount_docker_socket) {
    request_docker_socket(engine.client.endpoint(), spec);
  }
  Run call(context, options, std::move(spec), engine);
  return options.detached ? call.detached() : call.foreground();
}

std::string available_agents() {
  constexpr std::size_t k_name_width = 15;
  std::string text = "Available Agents:";
  for (const agent::AgentProfile& profile : agent::catalog()) {
    std::string name = profile.name;
    name.resize(std::max(name.size(), k_name_width), ' ');
    text += "\n  " + name + " Run " + profile.title + " AI agent inside a sandbox";
  }
  return text;
}

Command run_command() {
  return {.name = "run",
          .usage = "run [options] AGENT [agent-options]",
          .summary = "Run an AI agent inside a sandbox",
          .description =
              "Run an AI agent inside a sandbox with access to a host workspace.\n\n"
              "AGENT is one of: " +
              agent::agent_names() +
              ". Options are read in front of AGENT; what follows "
              "it goes to the agent unchanged. The workspace, the current directory unless --workspace names "
              "another, has the same path inside.",
          .examples =
              "docker sandbox run claude\n"
              "docker sandbox run -w ~/projects/web -e NODE_ENV=development claude\n"
              "docker sandbox run claude -p \"what does this project do?\"\n"
              "docker sandbox run -d claude -p \"fix the tests\"",
          .epilogue = available_agents(),
          .at_least = 1,
          .at_most = k_any_number,
          .argument_kind = ValueKind::agent,
          .flags_end = plugin::FlagsEnd::at_first_argument,
          .status_family = StatusFamily::session,
          .declare = [](OptionSet& options) -> Action {
            const auto given = std::make_shared<RunOptions>();
            declare_run_options(options, *given);
            return [given, &options](const CommandContext& context, const std::vector<std::string>& arguments) {
              given->credentials_given = options.given("credentials");
              split_agent(arguments, *given);
              return run_sandbox(context, *given);
            };
          }};
}

}  // namespace docker_sandbox::cli

// SPDX-License-Identifier: Apache-2.0
#include "setup.hpp"

#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/base/log.hpp"
#include "docker_sandbox/base/number.hpp"
#include "docker_sandbox/base/text.hpp"
#include "docker_sandbox/os/user_namespace.hpp"
#include "docker_sandbox/sandbox/credentials.hpp"
#include "docker_sandbox/sandbox/exec_capture.hpp"
#include "docker_sandbox/sandbox/git_identity.hpp"
#include "docker_sandbox/sandbox/host_credentials.hpp"
#include "sessions.hpp"
#include "setup_script.hpp"

#include <chrono>
#include <cstdint>
#include <string_view>
#include <thread>

namespace docker_sandbox::sandbox {
namespace {

using base::Error;
using base::ErrorKind;

/// The script itself waits 90 seconds for a template's entrypoint.
constexpr std::chrono::seconds k_setup_deadline{120};
constexpr std::string_view k_line_start = "docker-sandbox: ";

constexpr const char* k_shifted_image =
    "the engine remaps the users of its containers; this sandbox is exempt from that (--userns host), since otherwise "
    "the agent could not write the workspace: root in the sandbox is root on the engine's host, as without remapping";

constexpr const char* k_volume_taken_over =
    "The volume with the agent's credentials belonged to another user number. It belongs to this sandbox's user now; "
    "sandboxes with another number cannot use it until it is theirs again.";

/// A container whose first process has just ended counts as running until the engine has noticed.
engine::ContainerDetails settled_details(engine::EngineClient& engine, const std::string& id) {
  constexpr int k_looks = 30;
  constexpr std::chrono::milliseconds k_pause{100};
  engine::ContainerDetails details = engine.inspect_container(id);
  for (int look = 1; look < k_looks && details.state == "running"; ++look) {
    std::this_thread::sleep_for(k_pause);
    details = engine.inspect_container(id);
  }
  return details;
}

/// The template's entrypoint ended instead of running the command it was given: its own words say why.
void refuse_if_ended(engine::EngineClient& engine, const std::string& id, const std::string& template_image) {
  const engine::ContainerDetails details = settled_details(engine, id);
  if (details.state == "running") {
    return;
  }
  constexpr int k_quoted_lines = 10;
  const std::string words = base::printable_lines(base::trim(engine.container_log_tail(id, k_quoted_lines)));
  throw Error(ErrorKind::engine_failure, "the sandbox ended as soon as it was started (exit code " +
                                             std::to_string(details.exit_code) + "): the template " + template_image +
                                             " has no shell, or its entrypoint does not start the command it is given" +
                                             (words.empty() ? "" : "; its last output was:\n" + words));
}

/// A line for each volume under /root, where examples mount what programs look for in the home.
std::string targets_in_roots_home(const SandboxSpec& spec) {
  constexpr std::string_view k_root = "/root/";
  std::string lines;
  for (const engine::MountRequest& volume : spec.volumes) {
    if (volume.target.compare(0, k_root.size(), k_root) == 0 && volume.target.find('\n') == std::string::npos) {
      lines += volume.target + "\n";
    }
  }
  return lines;
}

engine::ExecRequest setup_request(const SandboxSpec& spec, const HostParts& parts, bool engine_is_local) {
  const std::string& workspace = spec.workspace.path;
  const std::string volume = spec.credentials == CredentialsMode::sandbox ? spec.agent->credential_mount : "";
  const std::string socket = spec.docker_socket ? k_socket_target : "";
  return {
      .command = {"/bin/sh", "-c", k_setup_script, k_setup_argument},
      .env = {"SETUP_UID=" + std::to_string(spec.identity.user), "SETUP_GID=" + std::to_string(spec.identity.group),
              "SETUP_UID_MAP=" + (engine_is_local ? os::own_uid_map() : std::string()), "SETUP_WORKSPACE=" + workspace,
              "SETUP_ROOT_MOUNTS=" + targets_in_roots_home(spec), "SETUP_SOCKET=" + socket,
              "SETUP_GIT=" + git_configuration(git_identity(workspace), workspace), "SETUP_VOLUME=" + volume,
              "SETUP_AGENT=" + spec.agent->name, "SETUP_CREDENTIALS=" + std::string(to_text(spec.credentials)),
              "SETUP_STATE=" + state_name(workspace), "SETUP_CLAUDE_SEED=" + claude_seed(spec),
              "SETUP_KEY_TAIL=" + api_key_tail(spec.variables), "SETUP_LENT=" + lent_names(parts.mounts),
              "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
      .user = "0",
      .working_directory = "/"};
}

/// "other numbers UID GID"
std::optional<Identity> parse_other_numbers(std::string_view fact) {
  constexpr std::string_view k_start = "other numbers ";
  if (fact.substr(0, k_start.size()) != k_start) {
    return std::nullopt;
  }
  const std::vector<std::string> words = base::split(std::string(fact.substr(k_start.size())), ' ');
  const std::optional<std::uint32_t> user =
      words.size() == 2 ? base::parse_number<std::uint32_t>(words[0]) : std::nullopt;
  const std::optional<std::uint32_t> group =
      words.size() == 2 ? base::parse_number<std::uint32_t>(words[1]) : std::nullopt;
  return user && group ? std::optional(Identity{*user, *group}) : std::nullopt;
}

}  // namespace

std::optional<SetupReport> parse_setup_report(std::string_view output) {
  SetupReport report;
  for (const std::string& line : base::split(output, '\n')) {
    const std::string_view text = line;
    if (text.substr(0, k_line_start.size()) != k_line_start) {
      continue;
    }
    const std::string_view fact = text.substr(k_line_start.size());
    if (fact == "no directory") {
      report.workspace_is_no_directory = true;
      return report;
    }
    if (const std::optional<Identity> numbers = parse_other_numbers(fact)) {
      report.other_numbers = numbers;
      return report;
    }
    constexpr std::string_view k_kernel = "kernel ";
    constexpr std::string_view k_mount = "mount ";
    if (fact.substr(0, k_kernel.size()) == k_kernel) {
      report.kernel = fact.substr(k_kernel.size());
    } else if (fact.substr(0, k_mount.size()) == k_mount) {
      report.mounts += std::string(fact.substr(k_mount.size())) + "\n";
    } else if (const std::vector<std::string> words = base::split(fact, '\t'); words.size() == 3) {
      report.notes.push_back(words[0] == "linked"
                                 ? base::printable(words[1]) + " is also " + base::printable(words[2]) +
                                       ", in the agent's home."
                                 : base::printable(words[1]) + " is not at " + base::printable(words[2]) +
                                       " too, in the agent's home: something else is there.");
    }
    if (fact == "volume taken over") {
      report.notes.emplace_back(k_volume_taken_over);
    }
    if (fact == "shifted image") {
      report.warnings.emplace_back(k_shifted_image);
    } else if (fact == "set up") {
      return report;
    }
  }
  return std::nullopt;
}

SetupReport set_up(engine::EngineClient& engine, const std::string& id, const SandboxSpec& spec,
                   const HostParts& parts) {
  const auto started = std::chrono::steady_clock::now();
  CapturedExec result;
  try {
    result = run_captured(engine, id, setup_request(spec, parts, engine.endpoint().is_local()), k_setup_deadline,
                          [](const CapturedExec& seen) {
                            // A line that has not come whole may hold a part of a number.
                            const std::string lines = seen.out.substr(0, seen.out.rfind('\n') + 1);
                            return parse_setup_report(lines).has_value();
                          });
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::engine_conflict || error.kind() == ErrorKind::engine_failure) {
      refuse_if_ended(engine, id, spec.template_image);
    }
    throw;
  }
  base::debug("set-up inside took {:.1f} ms",
              std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - started).count());
  std::optional<SetupReport> report = parse_setup_report(result.out);
  if (!report) {
    refuse_if_ended(engine, id, spec.template_image);
    throw Error(ErrorKind::engine_failure, "cannot set up a sandbox from the template " + spec.template_image + ": " +
                                               base::printable_lines(base::trim(result.out + result.err)));
  }
  if (report->workspace_is_no_directory) {
    throw Error(ErrorKind::invalid_value, "cannot use the workspace " + base::printable(spec.workspace.path) +
                                              ": it is not a directory on the machine of the engine at " +
                                              base::printable(engine.endpoint().host));
  }
  return *std::move(report);
}

}  // namespace docker_sandbox::sandbox

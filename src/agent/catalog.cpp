// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/agent/catalog.hpp"

#include <algorithm>

namespace docker_sandbox::agent {
namespace {

bool chooses_approval(const AgentProfile& profile, const std::vector<std::string>& agent_options) {
  for (const std::string& option : agent_options) {
    if (option == "--") {
      return false;
    }
    const std::string name = option.substr(0, option.find('='));
    if (std::find(profile.approval_options.begin(), profile.approval_options.end(), name) !=
        profile.approval_options.end()) {
      return true;
    }
  }
  return false;
}

}  // namespace

const std::vector<AgentProfile>& catalog() {
  static const std::vector<AgentProfile> agents{
      {.name = "claude",
       .title = "Claude",
       .image = "docker/sandbox-templates:claude-code",
       .approval_flag = "--dangerously-skip-permissions",
       .approval_options = {"--dangerously-skip-permissions", "--allow-dangerously-skip-permissions",
                            "--permission-mode"},
       .credential_volume = "docker-claude-sandbox-data",
       .credential_mount = "/mnt/claude-data",
       .environment = {"CLAUDE_CODE_SANDBOXED=1"},
       .credential_environment = {"CLAUDE_SECURESTORAGE_CONFIG_DIR=/mnt/claude-data"}},
      {.name = "gemini",
       .title = "Gemini",
       .image = "docker/sandbox-templates:gemini",
       .approval_flag = "--yolo",
       .approval_options = {"--yolo", "-y", "--approval-mode"},
       .credential_volume = "docker-gemini-sandbox-data",
       .credential_mount = "/mnt/gemini-data",
       .environment = {"GEMINI_CLI_TRUST_WORKSPACE=true"},
       .credential_environment = {}},
  };
  return agents;
}

const AgentProfile* find_agent(std::string_view name) {
  for (const AgentProfile& profile : catalog()) {
    if (profile.name == name) {
      return &profile;
    }
  }
  return nullptr;
}

std::string agent_names() {
  std::string names;
  for (const AgentProfile& profile : catalog()) {
    names += (names.empty() ? "" : ", ") + profile.name;
  }
  return names;
}

std::vector<std::string> command_line(const AgentProfile& profile, const std::vector<std::string>& agent_options) {
  std::vector<std::string> command{profile.name};
  if (!chooses_approval(profile, agent_options)) {
    command.push_back(profile.approval_flag);
  }
  command.insert(command.end(), agent_options.begin(), agent_options.end());
  return command;
}

}  // namespace docker_sandbox::agent

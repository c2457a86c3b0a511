// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

/// The agents that the program knows, as data.
namespace docker_sandbox::agent {

struct AgentProfile {
  std::string name;                           ///< the AGENT argument, and the program's name inside
  std::string title;                          ///< as help texts name it
  std::string image;                          ///< the template used without --template
  std::string approval_flag;                  ///< makes the agent act without asking: the sandbox is the protection
  std::vector<std::string> approval_options;  ///< agent options that already choose how it asks
  std::string credential_volume;              ///< named volume of the credentials mode "sandbox"
  std::string credential_mount;               ///< where that volume is mounted
  std::vector<std::string> environment;  ///< NAME=VALUE: tells the agent that it is in a sandbox, where all is trusted
  std::vector<std::string> credential_environment;  ///< NAME=VALUE: makes it keep its login in the volume
};

/// In alphabetical order.
const std::vector<AgentProfile>& catalog();

/// The profile of that name, or null.
const AgentProfile* find_agent(std::string_view name);

/// "claude, gemini": for messages.
std::string agent_names();

/// The agent's command line: the program, its approval flag unless `agent_options` already choose an approval or
/// permission mode, then the options unchanged. What stands behind a "--" there is text to the agent, not an option.
std::vector<std::string> command_line(const AgentProfile& profile, const std::vector<std::string>& agent_options);

}  // namespace docker_sandbox::agent

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/docker_config/config_file.hpp"
#include "docker_sandbox/plugin/flag_grammar.hpp"

#include <string>
#include <vector>

namespace docker_sandbox::plugin {

/// How the program was called, whichever way: by the docker CLI, which hands on the user's whole command line with its
/// own options before the word `sandbox`, or directly, with or without that word.
struct Invocation {
  docker_config::GlobalOptions globals;
  bool help = false;               ///< asked for by -h, --help or the word `help` in front of the command
  bool version = false;            ///< asked for by -v or --version in front of the command
  std::vector<std::string> words;  ///< the command and what belongs to it
};

/// Takes apart the words after the program's name. Throws Error{usage_flag} for an option before the command that is
/// neither docker's nor ours.
Invocation parse_invocation(const std::vector<std::string>& words);

/// The docker CLI's global options.
const std::vector<Flag>& global_flags();

/// Puts one of global_flags() where it belongs.
void apply_global_flag(const FlagUse& use, docker_config::GlobalOptions& globals);

}  // namespace docker_sandbox::plugin

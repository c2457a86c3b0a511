// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/cli/command.hpp"
#include "docker_sandbox/plugin/completion.hpp"

#include <optional>
#include <string>
#include <vector>

/// What a command line may go on with. First what kind of word is wanted, which needs nothing but the command tree; then
/// what there is of that kind, which may need the engine.
namespace docker_sandbox::cli {

struct WantedWord {
  enum class Kind {
    command,       ///< of docker sandbox
    option,        ///< of `command`; null: of docker sandbox itself
    option_value,  ///< of `option`
    argument,      ///< of `command`
    foreign,       ///< the agent's or the program's inside
    nothing,
  };
  Kind kind = Kind::nothing;
  const Command* command = nullptr;
  std::optional<OptionDescription> option;
  std::string begun;                       ///< of the word, or of the value behind "--name="
  std::vector<OptionDescription> offered;  ///< the options that may still be given
  std::vector<std::string> arguments;      ///< already there
};

WantedWord wanted_word(const plugin::CompletionRequest& request);

/// Answers the shell on stdout. Silent about everything that goes wrong: nothing to offer is an answer, too, and comes
/// within two seconds.
int answer_completion(const CommandContext& context, const plugin::CompletionRequest& request);

}  // namespace docker_sandbox::cli

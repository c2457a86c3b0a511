// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/plugin/flag_grammar.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace docker_sandbox::cli {

/// What a value or an argument stands for: shell completion offers what there is of that kind.
enum class ValueKind { text, agent, credentials_mode, directory, file, image, pull_policy, sandbox, variable };

/// What is said of an option beside its names and its help.
struct OptionTraits {
  ValueKind kind = ValueKind::text;
  std::string default_text = {};          ///< shown as (default …)
  std::string type = {};                  ///< the word behind the name in help; empty: "string", "list" for lists
  bool hidden = false;                    ///< works, but is in no help and no completion
  std::vector<std::string> choices = {};  ///< values to offer, where there are few
};

/// An option as help, completion and the reference describe it.
struct OptionDescription {
  std::string name;    ///< without dashes
  char shorthand = 0;  ///< 0: none
  std::string type;    ///< empty for an option without a value
  std::string help;
  std::string default_text;
  ValueKind kind = ValueKind::text;
  bool hidden = false;
  bool repeatable = false;
  std::vector<std::string> choices;
};

/// The options of one command: declared by the command, kept in CLI11's tree, read in pflag's grammar.
class OptionSet {
 public:
  OptionSet();
  OptionSet(const OptionSet&) = delete;
  OptionSet& operator=(const OptionSet&) = delete;
  ~OptionSet();

  /// Each declares one option; `names` is "-e,--env" or "--name". The target must live until parse() has returned, and is
  /// only written when the option is given. A name that is declared twice is a mistake that the first start shows.
  void toggle(const std::string& names, bool& target, const std::string& help, OptionTraits traits = {});
  void text(const std::string& names, std::string& target, const std::string& help, OptionTraits traits = {});
  void text(const std::string& names, std::optional<std::string>& target, const std::string& help,
            OptionTraits traits = {});
  /// May be given several times; values are never split.
  void list(const std::string& names, std::vector<std::string>& target, const std::string& help,
            OptionTraits traits = {});

  /// Reads the words into the targets and returns the arguments. Throws Error{usage_flag}.
  std::vector<std::string> parse(const std::vector<std::string>& words, plugin::FlagsEnd end);

  /// Whether parse() met the option.
  bool given(const std::string& name) const;

  /// All, in alphabetical order.
  std::vector<OptionDescription> describe() const;

 private:
  struct Declared;
  class Tree;

  void declare(const std::string& names, Declared declared, const std::string& help, OptionTraits traits);

  std::unique_ptr<Tree> tree_;
};

}  // namespace docker_sandbox::cli

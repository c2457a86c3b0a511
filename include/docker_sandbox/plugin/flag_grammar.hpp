// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/base/error.hpp"

#include <string>
#include <utility>
#include <vector>

/// The grammar in which docker users write options: that of Go's pflag, which the docker CLI is built on. CLI11's own
/// differs in what fingers and scripts rely on: there -e=K=V keeps the first "=", -D=false is an error, an option of
/// several values swallows the words behind it, "--name=" takes the next word, and "{}" is no text.
namespace docker_sandbox::plugin {

struct Flag {
  std::string name;         ///< without dashes
  char shorthand = 0;       ///< 0: none
  bool takes_value = true;  ///< otherwise it is on or off, and a value only comes with "="
};

/// One use of a flag on the command line, in the order given.
struct FlagUse {
  std::string name;
  std::string value;  ///< "true" or "false" for flags that take none
};

struct ScannedLine {
  std::vector<FlagUse> flags;
  std::vector<std::string> arguments;  ///< what is no flag; the first "--" is left out
};

enum class FlagsEnd {
  anywhere,           ///< flags and arguments may be mixed until "--"
  at_first_argument,  ///< everything from the first argument on is an argument
};

/// An Error{usage_flag} about a flag that is not known, with its name.
class UnknownFlag : public base::Error {
 public:
  UnknownFlag(const std::string& sentence, std::string name)
      : base::Error(base::ErrorKind::usage_flag, sentence), name_(std::move(name)) {}

  /// Without dashes; one letter for a shorthand.
  const std::string& name() const { return name_; }

 private:
  std::string name_;
};

/// Takes the words apart. Throws Error{usage_flag} with pflag's sentences for a malformed flag, UnknownFlag for an unknown
/// one.
ScannedLine scan_flags(const std::vector<Flag>& known, const std::vector<std::string>& words, FlagsEnd end);

}  // namespace docker_sandbox::plugin

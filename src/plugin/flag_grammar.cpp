// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/plugin/flag_grammar.hpp"

#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/base/text.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace docker_sandbox::plugin {
namespace {

using base::Error;
using base::ErrorKind;

/// What Go's strconv.ParseBool takes.
std::string parse_switch(const Flag& flag, const std::string& value) {
  constexpr std::array<std::string_view, 6> k_on{"1", "t", "T", "TRUE", "true", "True"};
  constexpr std::array<std::string_view, 6> k_off{"0", "f", "F", "FALSE", "false", "False"};
  if (std::find(k_on.begin(), k_on.end(), value) != k_on.end()) {
    return "true";
  }
  if (std::find(k_off.begin(), k_off.end(), value) != k_off.end()) {
    return "false";
  }
  const std::string shown = (flag.shorthand != 0 ? std::string("-") + flag.shorthand + ", " : "") + "--" + flag.name;
  throw Error(ErrorKind::usage_flag, "invalid argument \"" + base::printable(value) + "\" for \"" + shown +
                                         "\" flag: it is neither true nor false");
}

class Scanner {
 public:
  Scanner(const std::vector<Flag>& known, const std::vector<std::string>& words) : known_(known), words_(words) {}

  ScannedLine scan(FlagsEnd end) {
    while (at_ < words_.size()) {
      const std::string& word = words_[at_++];
      if (word == "--") {
        take_rest();
      } else if (word.size() > 2 && word.compare(0, 2, "--") == 0) {
        take_long(word.substr(2));
      } else if (word.size() > 1 && word.front() == '-') {
        take_shorthands(word.substr(1));
      } else {
        line_.arguments.push_back(word);
        if (end == FlagsEnd::at_first_argument) {
          take_rest();
        }
      }
    }
    return std::move(line_);
  }

 private:
  void take_rest() {
    line_.arguments.insert(line_.arguments.end(), words_.begin() + static_cast<std::ptrdiff_t>(at_), words_.end());
    at_ = words_.size();
  }

  void take_long(const std::string& text) {
    if (text.front() == '-' || text.front() == '=') {
      throw Error(ErrorKind::usage_flag, "bad flag syntax: --" + base::printable(text));
    }
    const std::size_t equals = text.find('=');
    const std::string name = text.substr(0, equals);
    const auto flag = std::find_if(known_.begin(), known_.end(), [&](const Flag& other) { return other.name == name; });
    if (flag == known_.end()) {
      throw UnknownFlag("unknown flag: --" + base::printable(name), name);
    }
    if (equals != std::string::npos) {
      take(*flag, text.substr(equals + 1));
    } else if (!flag->takes_value) {
      take(*flag, "true");
    } else if (at_ < words_.size()) {
      take(*flag, words_[at_++]);
    } else {
      throw Error(ErrorKind::usage_flag, "flag needs an argument: --" + name);
    }
  }

  /// -d, -qd, -eK=V, -e K=V, -e=K=V
  void take_shorthands(const std::string& group) {
    for (std::size_t i = 0; i < group.size(); ++i) {
      const char letter = group[i];
      const auto flag =
          std::find_if(known_.begin(), known_.end(), [&](const Flag& other) { return other.shorthand == letter; });
      if (letter == 0 || flag == known_.end()) {
        throw UnknownFlag(
            "unknown shorthand flag: '" + base::printable(group.substr(i, 1)) + "' in -" + base::printable(group),
            group.substr(i, 1));
      }
      const std::string rest = group.substr(i + 1);
      if (rest.size() > 1 && rest.front() == '=') {
        take(*flag, rest.substr(1));
        return;
      }
      if (!flag->takes_value) {
        take(*flag, "true");
        continue;
      }
      if (!rest.empty()) {
        take(*flag, rest);
      } else if (at_ < words_.size()) {
        take(*flag, words_[at_++]);
      } else {
        throw Error(ErrorKind::usage_flag,
                    std::string("flag needs an argument: '") + letter + "' in -" + base::printable(group));
      }
      return;
    }
  }

  void take(const Flag& flag, const std::string& value) {
    line_.flags.push_back({flag.name, flag.takes_value ? value : parse_switch(flag, value)});
  }

  const std::vector<Flag>& known_;
  const std::vector<std::string>& words_;
  std::size_t at_ = 0;
  ScannedLine line_;
};

}  // namespace

ScannedLine scan_flags(const std::vector<Flag>& known, const std::vector<std::string>& words, FlagsEnd end) {
  return Scanner(known, words).scan(end);
}

}  // namespace docker_sandbox::plugin

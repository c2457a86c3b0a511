// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/cli/completion.hpp"

#include "docker_sandbox/plugin/invocation.hpp"

#include <algorithm>

namespace docker_sandbox::cli {
namespace {

using plugin::CompletionRequest;

/// Where a line stands behind some of its words. Words that no option of ours explains are taken for options without a
/// value: what is wrong with a line is told when it is run.
class Line {
 public:
  Line(const std::vector<OptionDescription>& options, plugin::FlagsEnd flags_end)
      : options_(options), flags_end_(flags_end) {}

  void take(const std::string& word) {
    if (awaits_value_ != nullptr) {
      awaits_value_ = nullptr;
    } else if (options_ended_) {
      arguments_.push_back(word);
    } else if (word == "--") {
      options_ended_ = true;
    } else if (word.compare(0, 2, "--") == 0) {
      take_long(word.substr(2));
    } else if (word.size() > 1 && word.front() == '-') {
      take_shorthands(word.substr(1));
    } else {
      arguments_.push_back(word);
      options_ended_ = flags_end_ == plugin::FlagsEnd::at_first_argument;
    }
  }

  /// The option whose value comes next, or null.
  const OptionDescription* awaits_value() const { return awaits_value_; }
  bool options_ended() const { return options_ended_; }
  const std::vector<std::string>& arguments() const { return arguments_; }

  const OptionDescription* find(const std::string& name) const {
    const auto found = std::find_if(options_.begin(), options_.end(),
                                    [&](const OptionDescription& option) { return option.name == name; });
    return found == options_.end() ? nullptr : &*found;
  }

  /// Those that help shows and that may be given once more.
  std::vector<OptionDescription> still_possible() const {
    std::vector<OptionDescription> possible;
    for (const OptionDescription& option : options_) {
      const bool given = std::find(given_.begin(), given_.end(), option.name) != given_.end();
      if (!option.hidden && (!given || option.repeatable)) {
        possible.push_back(option);
      }
    }
    return possible;
  }

 private:
  void take_long(const std::string& text) {
    const std::size_t equals = text.find('=');
    if (const OptionDescription* option = find(text.substr(0, equals))) {
      give(*option, equals != std::string::npos);
    }
  }

  void take_shorthands(const std::string& letters) {
    for (std::size_t i = 0; i < letters.size(); ++i) {
      const auto option = std::find_if(options_.begin(), options_.end(), [&](const OptionDescription& other) {
        return other.shorthand != 0 && other.shorthand == letters[i];
      });
      if (option == options_.end()) {
        return;
      }
      give(*option, i + 1 < letters.size());
      if (!option->type.empty()) {
        return;  // the rest is its value
      }
    }
  }

  void give(const OptionDescription& option, bool with_value) {
    given_.push_back(option.name);
    awaits_value_ = option.type.empty() || with_value ? nullptr : &option;
  }

  const std::vector<OptionDescription>& options_;
  plugin::FlagsEnd flags_end_;
  const OptionDescription* awaits_value_ = nullptr;
  bool options_ended_ = false;
  std::vector<std::string> arguments_;
  std::vector<std::string> given_;
};

/// The options in front of the command: docker's, of which only --debug is ours to offer.
std::vector<OptionDescription> root_options() {
  std::vector<OptionDescription> options;
  for (const plugin::Flag& flag : plugin::global_flags()) {
    options.push_back({.name = flag.name,
                       .shorthand = flag.shorthand,
                       .type = flag.takes_value ? "string" : "",
                       .help = flag.name == "debug" ? "Enable debug logging" : "",
                       .hidden = flag.name != "debug"});
  }
  return options;
}

/// Settles what `line` goes on with where that is an option or a value of one. False where it is neither.
bool is_about_options(WantedWord& wanted, const Line& line, const std::string& begun) {
  wanted.begun = begun;
  wanted.arguments = line.arguments();
  if (const OptionDescription* option = line.awaits_value()) {
    wanted.kind = WantedWord::Kind::option_value;
    wanted.option = *option;
    return true;
  }
  if (line.options_ended() || begun.empty() || begun.front() != '-') {
    return false;
  }
  const std::size_t equals = begun.find('=');
  if (begun.compare(0, 2, "--") == 0 && equals != std::string::npos) {
    const OptionDescription* option = line.find(begun.substr(2, equals - 2));
    if (option != nullptr && !option->type.empty()) {
      wanted.kind = WantedWord::Kind::option_value;
      wanted.option = *option;
      wanted.begun = begun.substr(equals + 1);
    }
    return true;
  }
  wanted.kind = WantedWord::Kind::option;
  wanted.offered = line.still_possible();
  return true;
}

WantedWord word_of_command(const Command& command, const std::vector<std::string>& words, const std::string& begun) {
  OptionSet declared;
  const Action action = command.declare(declared);
  const std::vector<OptionDescription> options = declared.describe();
  Line line(options, command.flags_end);
  for (const std::string& word : words) {
    line.take(word);
  }
  WantedWord wanted;
  wanted.command = &command;
  if (is_about_options(wanted, line, begun)) {
    return wanted;
  }
  const bool ours = command.flags_end == plugin::FlagsEnd::anywhere || line.arguments().empty();
  if (!ours) {
    wanted.kind = WantedWord::Kind::foreign;
  } else if (line.arguments().size() < command.at_most) {
    wanted.kind = WantedWord::Kind::argument;
  }
  return wanted;
}

}  // namespace

WantedWord wanted_word(const CompletionRequest& request) {
  const std::vector<OptionDescription> options = root_options();
  Line line(options, plugin::FlagsEnd::at_first_argument);
  auto word = request.words.begin();
  for (; word != request.words.end() && line.arguments().empty(); ++word) {
    line.take(*word);
  }
  WantedWord wanted;
  const bool help = !line.arguments().empty() && line.arguments().front() == "help";
  if (line.arguments().empty() || (help && word == request.words.end())) {
    if (!is_about_options(wanted, line, request.begun)) {
      wanted.kind = WantedWord::Kind::command;
    }
    return wanted;
  }
  const Command* command = find_command(line.arguments().front());
  return command == nullptr ? wanted : word_of_command(*command, {word, request.words.end()}, request.begun);
}

}  // namespace docker_sandbox::cli

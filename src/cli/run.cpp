// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/cli/run.hpp"

#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/base/log.hpp"
#include "docker_sandbox/base/text.hpp"
#include "docker_sandbox/cli/command.hpp"
#include "docker_sandbox/cli/completion.hpp"
#include "docker_sandbox/cli/exit_code.hpp"
#include "docker_sandbox/cli/help.hpp"
#include "docker_sandbox/os/interrupts.hpp"
#include "docker_sandbox/plugin/cancel_socket.hpp"
#include "docker_sandbox/plugin/invocation.hpp"
#include "json_error.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <string_view>

namespace docker_sandbox::cli {
namespace {

using base::Error;
using base::ErrorKind;

/// The word with which the docker CLI asks a plugin for hints after a command. There are none.
constexpr const char* k_hooks_request = "docker-cli-plugin-hooks";

constexpr const char* k_format = "format";
constexpr char k_no_shorthand = 0;

char shorthand_of_format(const OptionSet& options) {
  for (const OptionDescription& option : options.describe()) {
    if (option.name == k_format) {
      return option.shorthand;
    }
  }
  return k_no_shorthand;
}

/// Of the log levels that the docker CLI knows, those that show debug lines.
bool wants_debug(const docker_config::GlobalOptions& globals) {
  if (!globals.log_level || globals.log_level->empty()) {
    return globals.debug;
  }
  constexpr std::array<std::string_view, 8> k_levels{"trace",   "debug", "info",  "warn",
                                                     "warning", "error", "fatal", "panic"};
  const std::string level = base::to_lower(*globals.log_level);
  if (std::find(k_levels.begin(), k_levels.end(), level) == k_levels.end()) {
    throw Error(ErrorKind::invalid_value, "Unable to parse logging level: " + base::printable(*globals.log_level));
  }
  return globals.debug || level == "trace" || level == "debug";
}

/// One call of the program, from its words to its end.
class Call {
 public:
  Call(const docker_config::Environment& environment, const Io& io) : environment_(environment), io_(io) {}

  StatusFamily status_family() const { return command_ == nullptr ? StatusFamily::plain : command_->status_family; }
  /// `--format json` was given: a machine reads the errors.
  bool json_errors() const { return json_errors_; }

  int run(const std::vector<std::string>& words) {
    if (const std::optional<plugin::CompletionRequest> request = plugin::parse_completion_request(words)) {
      return answer_completion({io_, environment_, {}}, *request);
    }
    plugin::Invocation invocation = parse_invocation(words);
    if (invocation.words.empty()) {
      return invocation.version && !invocation.help ? run_command({"version"}, invocation)
                                                    : show(render_root_help(commands()));
    }
    if (invocation.words.front() == k_hooks_request) {
      return show("{}\n");
    }
    return run_command(invocation.words, invocation);
  }

 private:
  int show(const std::string& text) {
    io_.write_out(text);
    return 0;
  }

  plugin::Invocation parse_invocation(const std::vector<std::string>& words) {
    try {
      return plugin::parse_invocation(words);
    } catch (const Error& error) {
      json_errors_ = asks_for_json(words, k_no_shorthand);
      throw Error(error.kind(), error.what(), flag_hint(nullptr));
    }
  }

  std::vector<std::string> parse_options(OptionSet& options, const std::vector<std::string>& words) {
    try {
      return options.parse(words, command_->flags_end);
    } catch (const plugin::UnknownFlag& error) {
      // Behind an agent `--format json` is the agent's; in front of it, it was met here.
      json_errors_ = json_errors_ || (error.name() == k_format && asks_for_json(words, k_no_shorthand));
      throw Error(error.kind(), error.what(),
                  flag_hint(command_, flag_advice(*command_, error.name(), options.describe())));
    } catch (const Error& error) {
      throw Error(error.kind(), error.what(), flag_hint(command_));
    }
  }

  int run_command(const std::vector<std::string>& words, plugin::Invocation& invocation) {
    command_ = find_command(words.front());
    if (command_ == nullptr) {
      json_errors_ = asks_for_json(words, k_no_shorthand);
      throw unknown_command(words);
    }
    OptionSet options;
    const Action action = command_->declare(options);
    bool help = invocation.help;
    options.toggle("-h,--help", help, "Print usage", {.hidden = true});
    options.toggle("-D,--debug", invocation.globals.debug, "Enable debug logging", {.hidden = true});
    if (help) {
      return show(render_command_help(*command_, options.describe()));
    }
    json_errors_ =
        command_->flags_end == plugin::FlagsEnd::anywhere && asks_for_json(words, shorthand_of_format(options));
    const std::vector<std::string> arguments = parse_options(options, {words.begin() + 1, words.end()});
    // cppcheck-suppress identicalConditionAfterEarlyExit; reading the options sets it
    if (help) {
      return show(render_command_help(*command_, options.describe()));
    }
    if (const std::optional<Error> complaint = check_arguments(*command_, arguments.size())) {
      throw *complaint;
    }
    base::set_debug_enabled(wants_debug(invocation.globals));
    os::Interrupts::install();
    const plugin::CancelSocket cancel(environment_);
    return action({io_, environment_, invocation.globals}, arguments);
  }

  const docker_config::Environment& environment_;
  const Io& io_;
  const Command* command_ = nullptr;
  bool json_errors_ = false;
};

/// One sentence and the next step, or one JSON object, on stderr.
void report(const Io& io, const Call& call, std::string_view kind, const std::string& message,
            const std::string& hint) {
  if (call.json_errors()) {
    io.write_err(render_json_error(kind, message, hint));
    return;
  }
  io.write_err(base::printable_lines(message) + "\n" + (hint.empty() ? "" : "\n" + base::printable_lines(hint) + "\n"));
}

}  // namespace

int run(const std::vector<std::string>& words, const docker_config::Environment& environment, const Io& io) {
  Call call(environment, io);
  try {
    return call.run(words);
  } catch (const Error& error) {
    report(io, call, name_of(error.kind()), error.what(), error.hint());
    return exit_code(error.kind(), call.status_family());
  } catch (const std::exception& error) {
    // Not ours: memory that could not be had, a library's exception that no border translated.
    report(io, call, name_of(ErrorKind::io), "docker-sandbox failed: " + base::printable(error.what()), "");
    return exit_code(ErrorKind::io, call.status_family());
  }
}

}  // namespace docker_sandbox::cli

// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/plugin/invocation.hpp"

#include <cstddef>

namespace docker_sandbox::plugin {
namespace {

constexpr const char* k_plugin_word = "sandbox";
constexpr const char* k_help_word = "help";

/// Takes the options in front and leaves what follows them.
void take_flags(Invocation& invocation, const std::vector<Flag>& known) {
  ScannedLine line = scan_flags(known, invocation.words, FlagsEnd::at_first_argument);
  for (const FlagUse& use : line.flags) {
    if (use.name == "help") {
      invocation.help = invocation.help || use.value == "true";
    } else if (use.name == "version") {
      invocation.version = use.value == "true";
    } else {
      apply_global_flag(use, invocation.globals);
    }
  }
  invocation.words = std::move(line.arguments);
}

bool take_word(Invocation& invocation, const char* word) {
  if (invocation.words.empty() || invocation.words.front() != word) {
    return false;
  }
  invocation.words.erase(invocation.words.begin());
  return true;
}

}  // namespace

const std::vector<Flag>& global_flags() {
  static const std::vector<Flag> flags{
      {"config"},        {"context", 'c'}, {"debug", 'D', false}, {"host", 'H'}, {"log-level", 'l'},
      {"tls", 0, false}, {"tlscacert"},    {"tlscert"},           {"tlskey"},    {"tlsverify", 0, false},
  };
  return flags;
}

void apply_global_flag(const FlagUse& use, docker_config::GlobalOptions& globals) {
  const bool on = use.value == "true";
  if (use.name == "config") {
    globals.config_directory = use.value;
  } else if (use.name == "context") {
    globals.context = use.value;
  } else if (use.name == "debug") {
    globals.debug = on;
  } else if (use.name == "host") {
    globals.hosts.push_back(use.value);
  } else if (use.name == "log-level") {
    globals.log_level = use.value;
  } else if (use.name == "tls") {
    globals.tls = on;
  } else if (use.name == "tlsverify") {
    globals.tls_verify = on;
  } else if (use.name == "tlscacert") {
    globals.tls_ca_certificate = use.value;
  } else if (use.name == "tlscert") {
    globals.tls_certificate = use.value;
  } else if (use.name == "tlskey") {
    globals.tls_key = use.value;
  }
}

Invocation parse_invocation(const std::vector<std::string>& words) {
  Invocation invocation;
  invocation.words = words;
  std::vector<Flag> known = global_flags();
  known.push_back({"help", 'h', false});
  known.push_back({"version", 'v', false});
  take_flags(invocation, known);
  // "help sandbox run", "sandbox help run", "help run": each word counts once, in any order.
  bool helped = take_word(invocation, k_help_word);
  if (take_word(invocation, k_plugin_word)) {
    take_flags(invocation, known);
    helped = take_word(invocation, k_help_word) || helped;
  }
  invocation.help = invocation.help || helped;
  return invocation;
}

}  // namespace docker_sandbox::plugin

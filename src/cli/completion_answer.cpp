// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/agent/catalog.hpp"
#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/base/text.hpp"
#include "docker_sandbox/cli/completion.hpp"
#include "docker_sandbox/os/unique_fd.hpp"
#include "docker_sandbox/sandbox/registry.hpp"
#include "engine_access.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <string_view>

namespace docker_sandbox::cli {
namespace {

using plugin::Candidate;
using plugin::Completion;
using plugin::CompletionDirective;

/// A user waits at a prompt: an engine that takes longer, or that does not answer at all, has nothing to offer.
constexpr unsigned k_patience_seconds = 2;
constexpr std::string_view k_nothing = ":4\n";

extern "C" void give_up(int) {
  [[maybe_unused]] const ssize_t ignored = ::write(STDOUT_FILENO, k_nothing.data(), k_nothing.size());
  ::_exit(0);
}

/// Ends the process with an empty answer when the engine takes too long. Nothing has been written before.
class Patience {
 public:
  Patience() {
    ::signal(SIGALRM, give_up);  // NOLINT(cert-err33-c): cannot fail for a valid signal
    ::alarm(k_patience_seconds);
  }
  Patience(const Patience&) = delete;
  Patience& operator=(const Patience&) = delete;
  ~Patience() { ::alarm(0); }
};

/// The context of a call whose messages nobody shall see.
class Silent {
 public:
  explicit Silent(const CommandContext& context)
      : null_(::open("/dev/null", O_WRONLY | O_CLOEXEC)),
        io_(context.io.in(), context.io.out(), null_.get(), true),
        context_{io_, context.environment, context.globals} {}

  const CommandContext& context() const { return context_; }

 private:
  os::UniqueFd null_;
  Io io_;
  CommandContext context_;
};

bool begins_with(const std::string& text, const std::string& start) {
  return text.compare(0, start.size(), start) == 0;
}

std::vector<Candidate> command_names() {
  std::vector<Candidate> candidates;
  for (const Command& command : commands()) {
    if (!command.hidden) {
      candidates.push_back({command.name, command.summary});
    }
  }
  return candidates;
}

std::vector<Candidate> option_names(const WantedWord& wanted) {
  std::vector<Candidate> candidates;
  for (const OptionDescription& option : wanted.offered) {
    const std::string summary = option.help.substr(0, option.help.find('\n'));
    candidates.push_back({"--" + option.name, summary});
    if (option.shorthand != 0) {
      candidates.push_back({std::string("-") + option.shorthand, summary});
    }
  }
  return candidates;
}

std::vector<Candidate> agents() {
  std::vector<Candidate> candidates;
  for (const agent::AgentProfile& profile : agent::catalog()) {
    candidates.push_back({profile.name, "Run " + profile.title + " AI agent inside a sandbox"});
  }
  return candidates;
}

std::vector<Candidate> variable_names(const CommandContext& context) {
  std::vector<Candidate> candidates;
  for (const auto& [name, value] : context.environment) {
    candidates.push_back({name, ""});
  }
  return candidates;
}

/// Names, and the IDs of those whose beginning is typed already.
std::vector<Candidate> sandboxes(const CommandContext& context, const WantedWord& wanted) {
  const Patience patience;
  EngineAccess engine = access_engine(context);
  std::vector<Candidate> candidates;
  for (const sandbox::Sandbox& sandbox : sandbox::SandboxRegistry(engine.client).list()) {
    const std::vector<std::string>& there = wanted.arguments;
    if (std::find(there.begin(), there.end(), sandbox.name) != there.end()) {
      continue;
    }
    const std::string description = sandbox.agent + ", " + sandbox.state_word + ", " + sandbox.workspace;
    candidates.push_back({sandbox.name, description});
    if (!wanted.begun.empty()) {
      constexpr std::size_t k_short_id = 12;
      candidates.push_back(
          {sandbox.id.substr(0, std::max(k_short_id, wanted.begun.size())), sandbox.name + ", " + description});
    }
  }
  return candidates;
}

std::vector<Candidate> images(const CommandContext& context) {
  const Patience patience;
  EngineAccess engine = access_engine(context);
  std::vector<Candidate> candidates;
  for (const std::string& tag : engine.client.list_image_tags()) {
    candidates.push_back({tag, ""});
  }
  std::sort(candidates.begin(), candidates.end(),
            [](const Candidate& a, const Candidate& b) { return a.value < b.value; });
  return candidates;
}

Completion values(const CommandContext& context, const WantedWord& wanted, ValueKind kind) {
  switch (kind) {
    case ValueKind::agent:
      return {.candidates = agents()};
    case ValueKind::credentials_mode:
      return {.candidates = {{"host", "Share host credentials (~/.gitconfig, ~/.ssh, etc.)"},
                             {"none", "Handle authentication manually"},
                             {"sandbox", "Authenticate once and share credentials across sandboxes"}}};
    case ValueKind::pull_policy:
      return {.candidates = {{"always", "Pull the template even if it is there"},
                             {"missing", "Pull the template if it is not there"},
                             {"never", "Never pull the template"}}};
    case ValueKind::sandbox: {
      const bool path = begins_with(wanted.begun, ".") || wanted.begun.find('/') != std::string::npos;
      if (path) {
        return {.directive = CompletionDirective::directories};
      }
      return {.candidates = sandboxes(context, wanted)};
    }
    case ValueKind::image:
      return {.candidates = images(context)};
    case ValueKind::variable:
      return {.candidates = variable_names(context)};
    case ValueKind::directory:
      return {.directive = CompletionDirective::directories};
    case ValueKind::file:
      return {.directive = CompletionDirective::files};
    case ValueKind::text:
      return {};
  }
  return {};
}

Completion choices_of(const OptionDescription& option) {
  Completion completion;
  for (const std::string& choice : option.choices) {
    completion.candidates.push_back({choice, ""});
    if (choice.back() == '=') {
      completion.directive = CompletionDirective::no_blank_no_files;
    }
  }
  return completion;
}

ValueKind argument_kind(const WantedWord& wanted) {
  const Command& command = *wanted.command;
  return wanted.arguments.empty() ? command.argument_kind
                                  : command.second_argument_kind.value_or(command.argument_kind);
}

Completion complete(const CommandContext& context, const WantedWord& wanted) {
  switch (wanted.kind) {
    case WantedWord::Kind::command:
      return {.candidates = command_names()};
    case WantedWord::Kind::option:
      return {.candidates = option_names(wanted)};
    case WantedWord::Kind::option_value:
      return wanted.option->choices.empty() ? values(context, wanted, wanted.option->kind) : choices_of(*wanted.option);
    case WantedWord::Kind::argument:
      return values(context, wanted, argument_kind(wanted));
    case WantedWord::Kind::foreign:
      return {.directive = CompletionDirective::files};
    case WantedWord::Kind::nothing:
      return {};
  }
  return {};
}

}  // namespace

int answer_completion(const CommandContext& context, const plugin::CompletionRequest& request) {
  const WantedWord wanted = wanted_word(request);
  Completion completion;
  try {
    completion = complete(Silent(context).context(), wanted);
  } catch (const base::Error&) {
    // The engine is down, or the configuration is broken: commands say so, a prompt is no place for it.
  }
  std::erase_if(completion.candidates,
                [&](const Candidate& candidate) { return !begins_with(candidate.value, wanted.begun); });
  context.io.write_out(plugin::render_completion(completion, request.with_descriptions));
  return 0;
}

}  // namespace docker_sandbox::cli

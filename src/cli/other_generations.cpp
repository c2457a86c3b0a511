// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/cli/other_generations.hpp"

#include "docker_sandbox/base/text.hpp"

#include <sys/stat.h>

#include <array>
#include <string_view>

namespace docker_sandbox::cli {
namespace {

/// The arguments behind a command, as far as they can be told from options without knowing those.
std::vector<std::string> arguments_of(const std::vector<std::string>& words) {
  std::vector<std::string> arguments;
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i] == "--") {
      break;
    }
    if (words[i].empty() || words[i].front() != '-') {
      arguments.push_back(words[i]);
    }
  }
  return arguments;
}

/// For pasting into a shell: in quotes where a shell would see more than text.
std::string shell_word(const std::string& text) {
  constexpr std::string_view k_plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:@=+,~";
  if (!text.empty() && text.find_first_not_of(k_plain) == std::string::npos) {
    return text;
  }
  return base::shell_quoted(text);
}

std::string run_line(const std::string& workspace, const std::string& agent,
                     const std::vector<std::string>& agent_options) {
  std::string line = "docker sandbox run -w " + shell_word(workspace) + " " + agent;
  for (const std::string& option : agent_options) {
    line += " " + shell_word(option);
  }
  return line;
}

std::string instead_of_save(const std::vector<std::string>& arguments) {
  const std::string name = arguments.empty() ? "SANDBOX" : shell_word(arguments[0]);
  const std::string tag = arguments.size() > 1 ? shell_word(arguments[1]) : "IMAGE";
  return "To keep what is in a sandbox as a template:\n  docker commit " + name + " " + tag +
         "\n  docker sandbox run --template " + tag + " AGENT";
}

constexpr const char* k_instead_of_network =
    "Sandboxes are containers on the engine's networks, which docker's own commands manage:\n"
    "  docker network connect NETWORK SANDBOX\n"
    "  docker network disconnect NETWORK SANDBOX";

constexpr const char* k_instead_of_exec_detach = "A sandbox is a container: docker exec -d SANDBOX COMMAND";
constexpr const char* k_instead_of_local_template =
    "An image that the engine has is used without asking: --template IMAGE";
constexpr const char* k_instead_of_pull_template = "To choose when the template is pulled: --pull always|missing|never";

struct Answer {
  std::string_view command;
  std::string_view flag;  ///< empty where the command itself is theirs
  const char* text;
};
constexpr std::array k_answers{
    Answer{"cp", "",
           "A sandbox is a container:\n"
           "  docker cp FILE SANDBOX:PATH\n"
           "  docker cp SANDBOX:PATH FILE\n"
           "The workspace needs no copying: it is the same directory inside."},
    Answer{"network", "", k_instead_of_network},
    Answer{"policy", "", k_instead_of_network},
    Answer{"ports", "",
           "What listens in a sandbox is reached at its address, which this prints:\n"
           "  docker inspect -f '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' SANDBOX"},
    Answer{"reset", "", "To remove all sandboxes:\n  docker sandbox rm $(docker sandbox ls -q)"},
    Answer{"secret", "",
           "A key goes in by the name of its variable, so that its value is on no command line:\n"
           "  docker sandbox run -e NAME AGENT"},
    Answer{"create", "load-local-template", k_instead_of_local_template},
    Answer{"create", "pull-template", k_instead_of_pull_template},
    Answer{"exec", "d", k_instead_of_exec_detach},
    Answer{"exec", "detach", k_instead_of_exec_detach},
    Answer{"exec", "detach-keys", "The keys are detachKeys of docker's config.json"},
    Answer{"exec", "privileged", "A sandbox is a container: docker exec --privileged SANDBOX COMMAND"},
    Answer{"ls", "json", "For machines: docker sandbox ls --format json"},
    Answer{"rm", "all", "To remove all sandboxes: docker sandbox rm $(docker sandbox ls -q)"},
    Answer{"run", "agent", "The agent is an argument: docker sandbox run AGENT"},
    Answer{"run", "load-local-template", k_instead_of_local_template},
    Answer{"run", "pull-template", k_instead_of_pull_template},
};

/// Empty when there is none.
std::string answer_to(const std::string& command, const std::string& flag) {
  for (const Answer& known : k_answers) {
    if (known.command == command && known.flag == flag) {
      return known.text;
    }
  }
  return {};
}

bool is_directory(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

}  // namespace

std::string instead_of_command(const std::vector<std::string>& words) {
  return words.front() == "save" ? instead_of_save(arguments_of(words)) : answer_to(words.front(), "");
}

std::string instead_of_flag(const std::string& command, const std::string& flag) {
  return answer_to(command, flag);
}

std::string instead_of_workspace_argument(const std::string& agent, const std::vector<std::string>& agent_options) {
  if (agent_options.empty()) {
    return {};
  }
  // Only what is spelled as a path: a prompt may happen to be the name of a directory.
  const std::string& first = agent_options.front();
  const bool spelled_as_path = first == "." || first == ".." || first.compare(0, 1, "/") == 0 ||
                               first.compare(0, 2, "./") == 0 || first.compare(0, 3, "../") == 0;
  if (!spelled_as_path || !is_directory(first)) {
    return {};
  }
  auto rest = agent_options.begin() + 1;
  if (rest != agent_options.end() && *rest == "--") {
    ++rest;
  }
  return shell_word(first) + " goes to " + agent +
         " as text; to work in that directory: " + run_line(first, agent, {rest, agent_options.end()});
}

std::string instead_of_sandbox_argument(const std::string& workspace, const std::string& agent,
                                        const std::vector<std::string>& agent_options) {
  return "A sandbox is entered through its workspace:\n  " + run_line(workspace, agent, agent_options);
}

}  // namespace docker_sandbox::cli

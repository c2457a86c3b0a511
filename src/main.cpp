// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/cli/run.hpp"
#include "docker_sandbox/plugin/metadata.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <vector>

namespace {

/// A standard stream that the caller closed would hand its number to the next file that is opened, a connection perhaps.
void occupy_standard_streams() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(fd, F_GETFD) < 0 && errno == EBADF) {
      ::open("/dev/null", O_RDWR);  // takes the lowest number that is free: this one
    }
  }
}

docker_sandbox::docker_config::Environment environment() {
  docker_sandbox::docker_config::Environment variables;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const std::size_t equals = text.find('=');
    if (equals != std::string::npos) {
      variables.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
  }
  return variables;
}

}  // namespace

int main(int argc, char** argv) {
  occupy_standard_streams();
  const std::vector<std::string> words(argv + (argc > 0 ? 1 : 0), argv + argc);
  if (words.size() == 1 && words.front() == docker_sandbox::plugin::k_metadata_request) {
    return docker_sandbox::plugin::answer_metadata(STDOUT_FILENO);
  }
  const docker_sandbox::docker_config::Environment variables = environment();
  const auto no_color = variables.find("NO_COLOR");
  const docker_sandbox::cli::Io io(STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO,
                                   no_color != variables.end() && !no_color->second.empty());
  return docker_sandbox::cli::run(words, variables, io);
}

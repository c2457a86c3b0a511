// SPDX-License-Identifier: Apache-2.0
#include "child_call.hpp"

#include "support/memory_file.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <stdexcept>

namespace docker_sandbox::support {
namespace {

/// Longer than anything takes on a loaded machine that is no hang.
constexpr int k_patience_ms = 100'000;

/// Of each of its outputs.
constexpr std::size_t k_enough = 4U * 1024 * 1024;

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) {
    pointers.push_back(text.data());
  }
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

ChildResult call_child(const std::vector<std::string>& words, const docker_config::Environment& environment) {
  const os::UniqueFd out = memory_file();
  const os::UniqueFd err = memory_file();
  std::vector<std::string> arguments{DOCKER_SANDBOX_PROGRAM};
  arguments.insert(arguments.end(), words.begin(), words.end());
  std::vector<std::string> variables;
  for (const auto& [name, value] : environment) {
    variables.push_back(name + "=" + value);
  }
  posix_spawn_file_actions_t files;
  ::posix_spawn_file_actions_init(&files);
  ::posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&files, out.get(), STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&files, err.get(), STDERR_FILENO);
  pid_t child = 0;
  const int failure = ::posix_spawn(&child, DOCKER_SANDBOX_PROGRAM, &files, nullptr, pointers_to(arguments).data(),
                                    pointers_to(variables).data());
  ::posix_spawn_file_actions_destroy(&files);
  if (failure != 0) {
    throw std::runtime_error("cannot start " DOCKER_SANDBOX_PROGRAM);
  }
  ChildResult result;
  const os::UniqueFd its_end(static_cast<int>(::syscall(SYS_pidfd_open, child, 0)));
  pollfd watched{its_end.get(), POLLIN, 0};
  if (!its_end || ::poll(&watched, 1, k_patience_ms) <= 0) {
    result.was_late = true;
    ::kill(child, SIGKILL);
  }
  int status = 0;
  rusage usage{};
  ::wait4(child, &status, 0, &usage);
  result.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  result.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  result.out = content_of(out, k_enough);
  result.err = content_of(err, k_enough);
  // A program counts as having had what its parent had when it was started, and this one holds what it lies with.
  rusage own{};
  ::getrusage(RUSAGE_SELF, &own);
  result.peak_memory = usage.ru_maxrss > own.ru_maxrss ? static_cast<std::size_t>(usage.ru_maxrss) * 1024 : 0;
  return result;
}

}  // namespace docker_sandbox::support

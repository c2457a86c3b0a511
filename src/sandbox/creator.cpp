// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/sandbox/creator.hpp"

#include "docker_sandbox/base/text.hpp"
#include "docker_sandbox/os/file.hpp"
#include "docker_sandbox/os/mount_table.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <vector>

namespace docker_sandbox::sandbox {
namespace {

/// The machine's boot and our PID namespace: only within both do process numbers mean the same.
std::string scope() {
  struct stat status {};
  if (::stat("/proc/self/ns/pid", &status) != 0) {
    return {};
  }
  return os::running_kernel() + "/" + std::to_string(status.st_ino);
}

/// Clock ticks from boot to the process's start; empty when there is no such process. A zombie counts as none.
std::string start_time(const std::string& process) {
  const std::string text = os::read_file("/proc/" + process + "/stat", os::k_any_size).bytes;
  // The second field is the program's name in parentheses, and may hold anything: count from the last one.
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) {
    return {};
  }
  const std::vector<std::string> fields = base::split(text.substr(name_end + 1), ' ');
  constexpr std::size_t k_state = 1;        // field 3 of proc(5)
  constexpr std::size_t k_start_time = 20;  // field 22
  return fields.size() > k_start_time && fields[k_state] != "Z" && fields[k_state] != "X" ? fields[k_start_time]
                                                                                          : std::string();
}

}  // namespace

std::string this_creator() {
  const std::string process = std::to_string(::getpid());
  return scope() + "/" + process + "/" + start_time(process);
}

CreatorState look_up_creator(const std::string& creator) {
  const std::vector<std::string> parts = base::split(creator, '/');
  constexpr std::size_t k_least_parts = 4;  // what follows them tells apart what one process makes
  if (parts.size() < k_least_parts || parts[0].empty() || parts[0] + "/" + parts[1] != scope()) {
    return CreatorState::unknown;
  }
  if (parts[2].empty() || parts[2].find_first_not_of("0123456789") != std::string::npos) {
    return CreatorState::unknown;
  }
  return start_time(parts[2]) == parts[3] ? CreatorState::alive : CreatorState::gone;
}

bool may_be_at_work(CreatorState creator, std::chrono::nanoseconds age) {
  // After this time a creator that nobody knows is not at work any more.
  constexpr std::chrono::hours k_longest_creation{1};
  return creator == CreatorState::alive || (creator == CreatorState::unknown && age <= k_longest_creation);
}

}  // namespace docker_sandbox::sandbox

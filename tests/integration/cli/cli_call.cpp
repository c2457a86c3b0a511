// SPDX-License-Identifier: Apache-2.0
#include "cli_call.hpp"

#include "docker_sandbox/base/log.hpp"
#include "docker_sandbox/cli/run.hpp"
#include "docker_sandbox/os/unique_fd.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

namespace docker_sandbox::support {
namespace {

os::UniqueFd memory_file(const std::string& content) {
  os::UniqueFd file(::memfd_create("docker-sandbox-test", MFD_CLOEXEC));
  if (!file || ::write(file.get(), content.data(), content.size()) != static_cast<ssize_t>(content.size()) ||
      ::lseek(file.get(), 0, SEEK_SET) != 0) {
    throw std::runtime_error("cannot make a file in memory");
  }
  return file;
}

std::string content_of(const os::UniqueFd& file) {
  std::string content;
  ::lseek(file.get(), 0, SEEK_SET);
  std::array<char, 4096> buffer{};
  for (ssize_t count = 0; (count = ::read(file.get(), buffer.data(), buffer.size())) > 0;) {
    content.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return content;
}

}  // namespace

docker_config::Environment environment_of_user(const FakeEngine& engine) {
  return {{"DOCKER_HOST", "unix://" + engine.socket_path()},
          {"DOCKER_CONFIG", engine.directory().path()},
          {"HOME", engine.directory().path()}};
}

CallResult call(const std::vector<std::string>& words, const docker_config::Environment& environment,
                const std::string& input) {
  const os::UniqueFd in = memory_file(input);
  const os::UniqueFd out = memory_file("");
  const os::UniqueFd err = memory_file("");
  const cli::Io io(in.get(), out.get(), err.get(), false);
  CallResult result;
  result.status = cli::run(words, environment, io);
  base::set_debug_enabled(false);
  result.out = content_of(out);
  result.err = content_of(err);
  return result;
}

}  // namespace docker_sandbox::support

// SPDX-License-Identifier: Apache-2.0
#include "cli_call.hpp"

#include "docker_sandbox/base/log.hpp"
#include "docker_sandbox/cli/run.hpp"
#include "support/memory_file.hpp"

namespace docker_sandbox::support {
docker_config::Environment environment_of_user(const FakeEngine& engine) {
  return {{"DOCKER_HOST", "unix://" + engine.socket_path()},
          {"DOCKER_CONFIG", engine.directory().path()},
          {"HOME", engine.directory().path()}};
}

CallResult call(const std::vector<std::string>& words, const docker_config::Environment& environment,
                const std::string& input) {
  const os::UniqueFd in = memory_file(input);
  const os::UniqueFd out = memory_file();
  const os::UniqueFd err = memory_file();
  const cli::Io io(in.get(), out.get(), err.get(), false);
  CallResult result;
  result.status = cli::run(words, environment, io);
  base::set_debug_enabled(false);
  result.out = content_of(out);
  result.err = content_of(err);
  return result;
}

}  // namespace docker_sandbox::support

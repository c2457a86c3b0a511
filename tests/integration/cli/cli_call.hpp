// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/docker_config/config_file.hpp"
#include "support/fake_engine.hpp"

#include <string>
#include <vector>

namespace docker_sandbox::support {

/// How a call of the program ended.
struct CallResult {
  int status = 0;
  std::string out;
  std::string err;
};

/// The environment of a user who has chosen that engine, with a home that nobody else has.
docker_config::Environment environment_of_user(const FakeEngine& engine);

/// cli::run in this process with files as its streams, which are no terminals. `environment` is all that it sees.
CallResult call(const std::vector<std::string>& words, const docker_config::Environment& environment,
                const std::string& input = "");

}  // namespace docker_sandbox::support

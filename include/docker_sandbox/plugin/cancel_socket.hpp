// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/docker_config/config_file.hpp"
#include "docker_sandbox/os/unique_fd.hpp"

namespace docker_sandbox::plugin {

/// The docker CLI's way to ask a plugin to stop: it keeps a connection open ($DOCKER_CLI_PLUGIN_SOCKET), and its end, the
/// CLI's death included, is the request. While this lives, that end sends SIGTERM to this process.
class CancelSocket {
 public:
  /// Without the variable, or when nobody listens there any more, nothing is watched: the CLI's signals still come.
  explicit CancelSocket(const docker_config::Environment& environment);

 private:
  os::UniqueFd socket_;
};

}  // namespace docker_sandbox::plugin

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace docker_sandbox::output {

struct MountView {
  std::string type;
  std::string source;
  std::string target;
  bool read_only = false;
};

/// What is shown of a sandbox. `ls` fills the first part, `inspect` all.
struct SandboxView {
  std::string id;
  std::string name;
  std::string agent;
  std::string template_image;
  std::string image_id;
  std::string workspace;
  std::string workspace_note;     ///< what has become of it since, or empty: "gone"
  std::string status;             ///< docker's state word
  std::int64_t created_unix = 0;  ///< seconds since the epoch
  std::string credentials;
  std::map<std::string, std::string> labels;

  std::string created_at;  ///< RFC 3339 with nanoseconds, UTC
  std::string user;
  std::vector<std::string> env;  ///< NAME=VALUE, what the user set
  std::vector<MountView> mounts;
  bool docker_socket = false;
  std::string network;
};

}  // namespace docker_sandbox::output

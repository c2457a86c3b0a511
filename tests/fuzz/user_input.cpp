// SPDX-License-Identifier: Apache-2.0
// What the user writes: files of variables, volumes, images, names, times, detach keys.
#include "docker_sandbox/base/time.hpp"
#include "docker_sandbox/docker_config/registry_auth.hpp"
#include "docker_sandbox/engine/client.hpp"
#include "docker_sandbox/sandbox/detach_keys.hpp"
#include "docker_sandbox/sandbox/environment.hpp"
#include "docker_sandbox/sandbox/spec.hpp"
#include "docker_sandbox/sandbox/volumes.hpp"
#include "fuzz_target.hpp"
#include "support/private_directory.hpp"

#include <fstream>

namespace ds = docker_sandbox;
using ds::fuzz::require;

FUZZ_TARGET(env_file) {
  static const ds::support::PrivateDirectory directory;
  const std::string path = directory.path() + "/env";
  std::ofstream(path, std::ios::binary) << bytes;
  for (const auto& variable : ds::sandbox::parse_variables({path}, {}, {{"CALLERS", "value"}})) {
    require(variable.name.find_first_of("= \t\n") == std::string::npos, "a variable's name is one word");
    require(variable.value.find('\n') == std::string::npos, "a line is one variable");
  }
}

FUZZ_TARGET(volume_argument) {
  for (const auto& mount : ds::sandbox::parse_volumes({std::string(bytes)}, {.directory = "/tmp", .home = "/tmp"})) {
    require(mount.target.front() == '/', "a mount's target is absolute");
  }
}

FUZZ_TARGET(image_reference) {
  const std::string text(bytes);
  ds::docker_config::registry_key(text);
  ds::sandbox::check_image_reference(text);
  const auto parts = ds::engine::split_reference(text);
  require(!parts.name.empty() && !parts.tag.empty(), "a reference has a name and a tag or digest");
}

FUZZ_TARGET(sandbox_name) {
  ds::sandbox::check_name(std::string(bytes));
  require(!ds::fuzz::moves_cursor(bytes) && bytes.find_first_of("/ \n") == std::string_view::npos, "a name is a word");
}

FUZZ_TARGET(time_text) {
  ds::base::parse_rfc3339(bytes);
  ds::base::parse_docker_time(bytes, std::chrono::seconds(1'700'000'000));
}

FUZZ_TARGET(detach_keys) {
  const std::string_view setting = ds::fuzz::take_line(bytes);
  ds::sandbox::DetachKeys keys(ds::sandbox::parse_detach_keys(setting));
  const std::string half = keys.feed(bytes.substr(0, bytes.size() / 2));
  const std::string rest = keys.feed(bytes.substr(bytes.size() / 2));
  require(half.size() + rest.size() <= bytes.size(), "nothing is typed that was not");
}

// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/plugin/metadata.hpp"

#include "docker_sandbox/base/version.hpp"

#include <unistd.h>

#include <cerrno>
#include <string>

namespace docker_sandbox::plugin {

int answer_metadata(int out) {
  // "0.1.0" to the letter: docker CLIs before 28.5 take no other schema.
  const std::string answer = std::string(R"({"SchemaVersion":"0.1.0","Vendor":"docker-sandbox","Version":")") +
                             base::k_version + R"(","ShortDescription":"Docker Sandbox"})" + "\n";
  std::size_t written = 0;
  while (written < answer.size()) {
    const ssize_t count = ::write(out, answer.data() + written, answer.size() - written);
    if (count < 0) {
      if (errno == EINTR) {
        continue;
      }
      return 1;
    }
    written += static_cast<std::size_t>(count);
  }
  return 0;
}

}  // namespace docker_sandbox::plugin

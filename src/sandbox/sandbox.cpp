// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/sandbox/sandbox.hpp"

namespace docker_sandbox::sandbox {

std::string_view to_text(CredentialsMode mode) {
  switch (mode) {
    case CredentialsMode::host:
      return "host";
    case CredentialsMode::sandbox:
      return "sandbox";
    case CredentialsMode::none:
      return "none";
  }
  return {};
}

std::optional<CredentialsMode> parse_credentials_mode(std::string_view text) {
  for (const CredentialsMode mode : {CredentialsMode::host, CredentialsMode::sandbox, CredentialsMode::none}) {
    if (text == to_text(mode)) {
      return mode;
    }
  }
  return std::nullopt;
}

std::string_view credentials_modes() {
  return "host, sandbox, none";
}

}  // namespace docker_sandbox::sandbox

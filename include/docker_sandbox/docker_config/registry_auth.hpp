// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/docker_config/config_file.hpp"

#include <chrono>
#include <string>

namespace docker_sandbox::docker_config {

/// A credential helper may ask the user to unlock a keychain.
inline constexpr std::chrono::seconds k_helper_patience{30};

/// The registry's key for logins: host[:port] of the image reference, "https://index.docker.io/v1/" for Docker Hub.
std::string registry_key(const std::string& image_reference);

/// The value of X-Registry-Auth for a pull of this image: base64url JSON of the user's login, or of {} without one.
/// Asks the credential helper that config.json names (docker-credential-<name> get), and kills it after `patience`. A
/// helper that cannot be started or fails is as no login, with a sentence in *warning (empty otherwise). The result is a
/// secret.
std::string registry_auth_header(const std::string& image_reference, const ConfigFile& config,
                                 const Environment& environment, std::string* warning,
                                 std::chrono::milliseconds patience = k_helper_patience);

}  // namespace docker_sandbox::docker_config

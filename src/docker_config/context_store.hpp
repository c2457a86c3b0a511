// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace docker_sandbox::docker_config {

/// A docker context as `docker context create` stores it: <directory>/contexts/meta/<sha256 of the name>/meta.json, and
/// TLS files under contexts/tls.
struct StoredContext {
  std::string host;
  bool skip_tls_verify = false;
  std::string ca_certificate;  ///< paths; empty where the context has none
  std::string certificate;
  std::string key;
};

/// Throws Error{bad_config} with the docker CLI's sentence when there is no such context or it cannot be read.
StoredContext load_context(const std::string& config_directory, const std::string& name);

}  // namespace docker_sandbox::docker_config

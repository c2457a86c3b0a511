// SPDX-License-Identifier: Apache-2.0
#include "context_store.hpp"

#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/base/text.hpp"
#include "docker_sandbox/os/file.hpp"
#include "files.hpp"

#include <nlohmann/json.hpp>

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <initializer_list>

namespace docker_sandbox::docker_config {
namespace {

using base::Error;
using base::ErrorKind;
using nlohmann::json;

Error unusable(const std::string& name, const std::string& why) {
  return Error(ErrorKind::bad_config,
               "unable to resolve docker endpoint: context \"" + base::printable(name) + "\": " + why);
}

/// Go matches the keys of JSON objects in any case of letters.
const json* member(const json& object, const char* key) {
  if (object.is_object()) {
    for (const auto& [name, value] : object.items()) {
      if (base::to_lower(name) == key) {
        return &value;
      }
    }
  }
  return nullptr;
}

std::string existing(const std::string& path) {
  return ::access(path.c_str(), F_OK) == 0 ? path : std::string();
}

}  // namespace

StoredContext load_context(const std::string& config_directory, const std::string& name) {
  const std::string directory_name = base::sha256_hex(name);
  const std::string path = config_directory + "/contexts/meta/" + directory_name + "/meta.json";
  const os::FileContent file = os::read_file(path, k_max_file);
  if (!file) {
    const char* reason = file.error == ENOENT ? "no such file or directory" : std::strerror(file.error);
    throw unusable(name, "context not found: open " + path + ": " + reason);
  }
  const json meta = json::parse(file.bytes, nullptr, false);
  const json* endpoints = member(meta, "endpoints");
  const json* docker = endpoints == nullptr ? nullptr : member(*endpoints, "docker");
  if (docker == nullptr || !docker->is_object()) {
    throw unusable(name, meta.is_discarded() ? path + " is not valid JSON" : "cannot find docker endpoint in context");
  }
  StoredContext context;
  const json* host = member(*docker, "host");
  if (host != nullptr && !host->is_null()) {
    // Without a host a context means the engine of this machine. One that has something else in its place does not.
    if (!host->is_string()) {
      throw unusable(name, "the host of its docker endpoint is not a string");
    }
    context.host = host->get<std::string>();
  }
  const json* skip = member(*docker, "skiptlsverify");
  context.skip_tls_verify = skip != nullptr && skip->is_boolean() && skip->get<bool>();
  const std::string tls = config_directory + "/contexts/tls/" + directory_name + "/docker/";
  context.ca_certificate = existing(tls + "ca.pem");
  context.certificate = existing(tls + "cert.pem");
  context.key = existing(tls + "key.pem");
  return context;
}

}  // namespace docker_sandbox::docker_config

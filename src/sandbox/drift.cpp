// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/sandbox/drift.hpp"

#include "docker_sandbox/base/text.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

namespace docker_sandbox::sandbox {
namespace {

using engine::MountPoint;
using engine::MountRequest;

std::string quoted(const std::string& text) {
  return "\"" + base::printable(text) + "\"";
}

/// The value of a variable in a list of NAME=VALUE.
std::optional<std::string_view> value_of(const std::vector<std::string>& env, const std::string& name) {
  for (const std::string& entry : env) {
    if (entry.size() > name.size() && entry[name.size()] == '=' && entry.compare(0, name.size(), name) == 0) {
      return std::string_view(entry).substr(name.size() + 1);
    }
  }
  return std::nullopt;
}

const MountPoint* mount_on(const Sandbox& sandbox, const std::string& target) {
  const auto found = std::find_if(sandbox.mounts.begin(), sandbox.mounts.end(),
                                  [&](const MountPoint& mount) { return mount.destination == target; });
  return found == sandbox.mounts.end() ? nullptr : &*found;
}

std::string mode_of(bool read_only) {
  return read_only ? "read-only" : "read-write";
}

/// What a mount shows: a host path, a named volume, or an anonymous volume (which has a name that nobody chose).
std::string source_of(const MountPoint& mount) {
  return mount.type == "volume" ? mount.name : mount.source;
}

bool is_same_source(const MountRequest& want, const MountPoint& have) {
  if (want.type == MountRequest::Type::bind) {
    return have.type == "bind" && have.source == want.source;
  }
  return have.type == "volume" && (want.source.empty() || have.name == want.source);
}

std::string describe_volume(const MountRequest& want) {
  if (want.source.empty()) {
    return "an anonymous volume on " + quoted(want.target);
  }
  return "the volume " + quoted(want.source) + " on " + quoted(want.target);
}

/// Some engines write an image's ID without the name of the hash.
std::string_view bare_id(std::string_view id) {
  constexpr std::string_view k_prefix = "sha256:";
  return id.substr(0, k_prefix.size()) == k_prefix ? id.substr(k_prefix.size()) : id;
}

class Comparison {
 public:
  Comparison(const SandboxSpec& want, const Sandbox& have, const ActualConfiguration& actual)
      : want_(want), have_(have), actual_(actual) {}

  std::vector<std::string> lines() {
    compare_variables();
    compare_proxies();
    compare_volumes();
    compare_docker_socket();
    compare_credentials();
    compare_template();
    compare_name();
    return std::move(lines_);
  }

 private:
  void tell(const std::string& asked, const std::string& there) {
    lines_.push_back("not applied: " + asked + "; " + there);
  }

  void compare_variables() {
    for (const Variable& variable : want_.variables) {
      const std::optional<std::string_view> value = value_of(actual_.env, variable.name);
      if (!value) {
        tell("the variable " + base::printable(variable.name), "the sandbox does not have it");
      } else if (*value != variable.value) {
        tell("the variable " + base::printable(variable.name), "it has another value in the sandbox");
      }
    }
  }

  /// One line for all of them: they come from one place, and with a password in them not even a part may be shown.
  void compare_proxies() {
    bool has_any = false;
    bool differs = false;
    for (const Variable& proxy : want_.proxies) {
      const std::vector<std::string>& chosen = have_.variables;
      if (std::find(chosen.begin(), chosen.end(), proxy.name) == chosen.end()) {
        const std::optional<std::string_view> value = value_of(actual_.env, proxy.name);
        has_any = has_any || value.has_value();
        differs = differs || value != proxy.value;
      }
    }
    if (differs) {
      tell("the proxies of the docker CLI's config.json", has_any ? "the sandbox has others" : "the sandbox has none");
    }
  }

  void compare_volumes() {
    for (const MountRequest& volume : want_.volumes) {
      const MountPoint* mount = mount_on(have_, volume.target);
      if (mount == nullptr) {
        tell(describe_volume(volume), "nothing is mounted there in the sandbox");
      } else if (!is_same_source(volume, *mount)) {
        tell(describe_volume(volume), "the sandbox has " + quoted(source_of(*mount)) + " there");
      } else if (volume.read_only == mount->read_write) {
        tell(describe_volume(volume) + " " + mode_of(volume.read_only),
             "the sandbox has it " + mode_of(!mount->read_write));
      }
    }
  }

  void compare_docker_socket() {
    if (!want_.docker_socket) {
      return;
    }
    const MountPoint* mount = mount_on(have_, k_socket_target);
    if (mount == nullptr) {
      tell("the Docker socket", "it is not mounted in the sandbox");
    } else if (mount->source != *want_.docker_socket) {
      tell("the Docker socket " + quoted(*want_.docker_socket), "the sandbox has " + quoted(mount->source));
    }
  }

  void compare_credentials() {
    if (want_.given.credentials && want_.credentials != have_.credentials) {
      tell("credentials " + quoted(std::string(to_text(want_.credentials))),
           "the sandbox has " + quoted(std::string(to_text(have_.credentials))));
    }
  }

  void compare_template() {
    if (want_.given.template_image && !same_reference(want_.template_image, have_.template_image)) {
      tell("template " + quoted(want_.template_image), "the sandbox was made from " + quoted(have_.template_image));
    } else if (!actual_.template_image_id.empty() && !have_.image_id.empty() &&
               bare_id(actual_.template_image_id) != bare_id(have_.image_id)) {
      lines_.push_back("the template " + quoted(have_.template_image) +
                       " is another image now than the one that the sandbox was made from");
    }
  }

  void compare_name() {
    if (want_.name && *want_.name != have_.name) {
      tell("name " + quoted(*want_.name), "the sandbox is " + quoted(have_.name));
    }
  }

  const SandboxSpec& want_;
  const Sandbox& have_;
  const ActualConfiguration& actual_;
  std::vector<std::string> lines_;
};

/// The reference with all that docker adds to a short one.
std::string full_reference(const std::string& reference) {
  const std::size_t slash = reference.find('/');
  const std::string first = reference.substr(0, slash);
  const bool names_registry =
      slash != std::string::npos && (first.find_first_of(".:") != std::string::npos || first == "localhost");
  std::string rest = names_registry ? reference.substr(slash + 1) : reference;
  const std::string registry = names_registry && first != "index.docker.io" ? first : "docker.io";
  if (registry == "docker.io" && rest.find('/') == std::string::npos) {
    rest.insert(0, "library/");
  }
  if (rest.find_first_of(":@") == std::string::npos) {
    rest += ":latest";
  }
  return registry + "/" + rest;
}

}  // namespace

std::vector<std::string> describe_drift(const SandboxSpec& want, const Sandbox& have,
                                        const ActualConfiguration& actual) {
  return Comparison(want, have, actual).lines();
}

std::string drift_remedy(const SandboxSpec& want) {
  return "The sandbox keeps what it was made with. To make it anew with the options given, add --recreate: "
         "docker sandbox run --recreate [OPTIONS] " +
         want.agent->name;
}

bool same_reference(const std::string& a, const std::string& b) {
  return full_reference(a) == full_reference(b);
}

}  // namespace docker_sandbox::sandbox

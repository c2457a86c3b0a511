// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/os/unique_fd.hpp"

#include <sys/types.h>

#include <functional>
#include <string>
#include <string_view>

namespace docker_sandbox::os {

/// A child process that acts when this one ends in whatever way, SIGKILL included, unless the will was revoked before.
/// It has a session of its own, so that what happens to the terminal does not reach it, and none of our descriptors.
class LastWill {
 public:
  /// `act` runs in the child; it is given what was written down, and must make every connection that it needs anew. Other
  /// threads do not go on in the child: `act` may use nothing that one of them changes, or locks, but the C library, which
  /// sees to its own locks. Throws Error{io}.
  explicit LastWill(const std::function<void(const std::string& testament)>& act);
  LastWill(const LastWill&) = delete;
  LastWill& operator=(const LastWill&) = delete;
  /// Not revoked: the child acts now. It is not waited for.
  ~LastWill() = default;

  /// Adds to what `act` is given. With nothing written down it does not act.
  void write_down(std::string_view text);

  /// Nothing is to be done; returns when the child is gone.
  void revoke();

 private:
  UniqueFd pipe_;
  pid_t child_ = -1;
};

}  // namespace docker_sandbox::os

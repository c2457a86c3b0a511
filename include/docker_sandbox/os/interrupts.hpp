// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/base/error.hpp"

#include <sys/types.h>

#include <string>

namespace docker_sandbox::os {

/// What SIGINT, SIGTERM, SIGHUP and SIGQUIT do to this process while no session runs: they end it at once with
/// 128 + signal, except inside a Deferral, where they are noted so that what was begun can be taken back first.
class Interrupts {
 public:
  /// Installs the handlers for the process.
  static void install();

  /// The first signal noted by a deferral, or 0.
  static int pending();

  /// While one lives, signals are noted instead of acted upon. The third one ends the process nevertheless: nobody
  /// shall be kept from leaving.
  class Deferral {
   public:
    Deferral();
    Deferral(const Deferral&) = delete;
    Deferral& operator=(const Deferral&) = delete;
    ~Deferral();
  };

  /// While one lives, a signal that ends this process at once also kills the child's process group. One at a time.
  class Companions {
   public:
    explicit Companions(pid_t group);
    Companions(const Companions&) = delete;
    Companions& operator=(const Companions&) = delete;
    ~Companions();
  };
};

/// The Error of a command that this signal kept from going on.
base::Error interruption(int signal, const std::string& sentence);

}  // namespace docker_sandbox::os

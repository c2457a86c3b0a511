// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/os/name_service.hpp"

#include <features.h>

#ifdef __GLIBC__
#include <nss.h>
#endif

#include <mutex>

namespace docker_sandbox::os {

void use_own_name_service() {
#ifdef __GLIBC__
  static std::once_flag once;
  std::call_once(once, [] {
    ::__nss_configure_lookup("hosts", "files dns");
    ::__nss_configure_lookup("passwd", "files");
  });
#endif
}

}  // namespace docker_sandbox::os

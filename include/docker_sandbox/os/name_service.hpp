// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace docker_sandbox::os {

/// To be called before the C library looks up a host or a user. glibc would load the modules that nsswitch.conf names, and a
/// static program must not do that: they are made for the machine's own glibc, which may be another. From then on hosts come from
/// /etc/hosts and DNS, users from /etc/passwd: what Docker's own command line, a static program too, asks.
void use_own_name_service();

}  // namespace docker_sandbox::os

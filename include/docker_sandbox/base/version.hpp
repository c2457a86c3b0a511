// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace docker_sandbox::base {

/// The program's version as it is printed, with its leading "v".
extern const char* const k_version;
/// The abbreviated commit it was built from, or "unknown".
extern const char* const k_commit;

}  // namespace docker_sandbox::base

// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace docker_sandbox::sandbox {

/// The text of setup.sh, embedded by the build.
extern const char* const k_setup_script;

}  // namespace docker_sandbox::sandbox

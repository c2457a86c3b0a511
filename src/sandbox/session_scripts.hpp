// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The shell scripts that sessions run inside, embedded by the build from the files of the same names.
namespace docker_sandbox::sandbox {

extern const char* const k_leader_script;
extern const char* const k_watch_script;
extern const char* const k_headless_script;
extern const char* const k_reader_script;

}  // namespace docker_sandbox::sandbox

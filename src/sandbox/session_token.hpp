// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace docker_sandbox::sandbox {

/// 128 random bits in hexadecimal: a word that nothing else in a stream can equal.
std::string make_token();

}  // namespace docker_sandbox::sandbox

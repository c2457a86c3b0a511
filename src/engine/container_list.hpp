// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/engine/types.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace docker_sandbox::engine {

/// The rows of the answer to `GET /containers/json`. Takes the text to pieces where it stands. Throws
/// Error{engine_protocol}, which names `what` was asked, for anything that is not the API's shape; unknown fields are
/// ignored, missing and null ones have their defaults.
std::vector<ContainerSummary> decode_container_list(std::string body, std::string_view what);

}  // namespace docker_sandbox::engine

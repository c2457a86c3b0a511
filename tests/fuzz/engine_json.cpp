// SPDX-License-Identifier: Apache-2.0
// The engine's other answers: images, exec sessions, what was made, errors.
#include "docker_sandbox/base/error.hpp"
#include "engine/json_codec.hpp"
#include "fuzz_target.hpp"

namespace codec = docker_sandbox::engine::json_codec;

FUZZ_TARGET(image_json) {
  codec::decode_image(std::string(bytes), "GET /images/x/json");
}

FUZZ_TARGET(image_list_json) {
  codec::decode_image_tags(std::string(bytes), "GET /images/json");
}

FUZZ_TARGET(exec_json) {
  codec::decode_exec(std::string(bytes), "GET /exec/x/json");
}

FUZZ_TARGET(error_json) {
  codec::decode_message(std::string(bytes));
  codec::decode_created(std::string(bytes), "POST /containers/create");
}

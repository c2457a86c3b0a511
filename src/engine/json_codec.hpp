// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/engine/types.hpp"

#include <string>
#include <string_view>
#include <vector>

/// JSON to and from the plain values of types.hpp, but for the list of containers (container_list.hpp). Decoders throw
/// Error{engine_protocol}, which names `what` was asked, for anything that is not the API's shape; unknown fields are
/// ignored, missing and null ones have their defaults.
namespace docker_sandbox::engine::json_codec {

/// The Error of an answer that is not the API's, whose `reason` may quote it.
base::Error unexpected_answer(std::string_view what, std::string_view reason);
/// A container's name as users know it: the API's has a slash in front.
std::string without_slash(std::string name);

ContainerDetails decode_container(const std::string& body, std::string_view what);
std::vector<std::string> decode_image_tags(const std::string& body, std::string_view what);
ImageDetails decode_image(const std::string& body, std::string_view what);
ExecDetails decode_exec(const std::string& body, std::string_view what);
CreatedContainer decode_created(const std::string& body, std::string_view what);
/// The member "Id" of an answer to a creation.
std::string decode_id(const std::string& body, std::string_view what);
/// The engine's message in an error answer: its "message", else the text itself, else nothing.
std::string decode_message(const std::string& body);
/// What Podman adds to its message as the reason proper; nothing in other engines' answers.
std::string decode_cause(const std::string& body);

/// Whether a text reaches the engine as it is: JSON is UTF-8.
bool can_say(const std::string& text);

std::string encode(const ContainerRequest& request);
/// `with_console_size`: the engine knows that field (API 1.42).
std::string encode(const ExecRequest& request, bool with_console_size);
std::string encode_exec_start(bool tty);
std::string encode(const ContainerFilter& filter);

}  // namespace docker_sandbox::engine::json_codec

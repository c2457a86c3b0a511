// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/engine/pull_progress.hpp"

#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/base/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace docker_sandbox::engine {
namespace {

using base::Error;
using base::ErrorKind;
using nlohmann::json;

constexpr std::size_t k_max_line = 1024 * 1024;
/// Engines refuse images of more than some 127 layers.
constexpr std::size_t k_max_layers = 1000;
/// Of a layer twelve digits, else a tag or a digest.
constexpr std::size_t k_max_id = 256;
/// Of what is not as it should be.
constexpr std::size_t k_shown = 80;

std::string text_of(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::int64_t size_of(const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number_integer()) {
    return 0;
  }
  // The library takes a number beyond the signed ones for a negative one.
  const bool is_huge = found->is_number_unsigned() && !std::in_range<std::int64_t>(found->get<std::uint64_t>());
  return is_huge ? k_largest_layer : std::clamp<std::int64_t>(found->get<std::int64_t>(), 0, k_largest_layer);
}

/// "errorDetail" since 1.48; older engines have "error" too.
std::string failure_of(const json& object) {
  const auto detail = object.find("errorDetail");
  const std::string message = detail != object.end() && detail->is_object() ? text_of(*detail, "message") : "";
  return message.empty() ? text_of(object, "error") : message;
}

}  // namespace

void PullStream::feed(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    line_.append(bytes.substr(0, end));
    if (line_.size() > k_max_line) {
      throw Error(ErrorKind::engine_protocol, "the engine's report of the pull has a line of more than a megabyte");
    }
    if (end == std::string_view::npos) {
      return;
    }
    bytes.remove_prefix(end + 1);
    take_line(std::exchange(line_, {}));
  }
}

void PullStream::finish() {
  take_line(std::exchange(line_, {}));
}

void PullStream::take_line(std::string_view line) {
  line = base::trim(line);
  if (line.empty()) {
    return;
  }
  const json object = json::parse(line, nullptr, false);
  if (!object.is_object()) {
    throw Error(ErrorKind::engine_protocol,
                "the engine's report of the pull is not JSON: " + base::printable(line.substr(0, k_shown)));
  }
  const std::string failure = failure_of(object);
  if (!failure.empty()) {
    throw Error(ErrorKind::engine_failure, "Error response from daemon: " + base::printable_lines(failure));
  }
  PullEvent event{.id = text_of(object, "id"), .status = text_of(object, "status")};
  if (!event.id.empty()) {
    layers_.insert(event.id.substr(0, k_max_id));
  }
  if (event.id.size() > k_max_id || layers_.size() > k_max_layers) {
    throw Error(ErrorKind::engine_protocol, "the engine's report of the pull is not one of an image's layers: " +
                                                base::printable(event.id.substr(0, k_shown)));
  }
  const auto progress = object.find("progressDetail");
  if (progress != object.end() && progress->is_object()) {
    event.current = size_of(*progress, "current");
    event.total = size_of(*progress, "total");
    event.has_progress = event.current != 0 || event.total != 0;
  }
  sink_(event);
}

}  // namespace docker_sandbox::engine

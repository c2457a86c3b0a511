// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/engine/pull_progress.hpp"

#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/base/text.hpp"

#include <nlohmann/json.hpp>

namespace docker_sandbox::engine {
namespace {

using base::Error;
using base::ErrorKind;
using nlohmann::json;

constexpr std::size_t k_max_line = 1024 * 1024;

std::string text_of(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::int64_t number_of(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
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
                "the engine's report of the pull is not JSON: " + base::printable(line.substr(0, 80)));
  }
  const std::string failure = failure_of(object);
  if (!failure.empty()) {
    throw Error(ErrorKind::engine_failure, "Error response from daemon: " + base::printable_lines(failure));
  }
  PullEvent event{.id = text_of(object, "id"), .status = text_of(object, "status")};
  const auto progress = object.find("progressDetail");
  if (progress != object.end() && progress->is_object()) {
    event.current = number_of(*progress, "current");
    event.total = number_of(*progress, "total");
    event.has_progress = event.current != 0 || event.total != 0;
  }
  sink_(event);
}

}  // namespace docker_sandbox::engine

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace docker_sandbox::engine {

/// One message of a pull: about a layer (id) or about the whole.
struct PullEvent {
  std::string id;
  std::string status;
  std::int64_t current = 0;  ///< bytes
  std::int64_t total = 0;    ///< bytes; 0 when not known
  bool has_progress = false;
};

/// Takes apart the answer of POST /images/create: JSON objects, one a line, cut anywhere.
class PullStream {
 public:
  using Sink = std::function<void(const PullEvent&)>;

  explicit PullStream(Sink sink) : sink_(std::move(sink)) {}

  /// Throws Error{engine_failure} with the engine's words for a failure that is told inside the stream (the status was
  /// 200 already), Error{engine_protocol} for what is not such a stream.
  void feed(std::string_view bytes);

  /// The stream has ended. Throws as feed for an unfinished last line.
  void finish();

 private:
  void take_line(std::string_view line);

  Sink sink_;
  std::string line_;
};

}  // namespace docker_sandbox::engine

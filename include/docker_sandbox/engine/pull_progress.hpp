// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>

namespace docker_sandbox::engine {

/// No layer has so many bytes; what an engine counts is cut to this, so that it can be reckoned with.
inline constexpr std::int64_t k_largest_layer = std::int64_t{1} << 50;

/// One message of a pull: about a layer (id) or about the whole.
struct PullEvent {
  std::string id;
  std::string status;
  std::int64_t current = 0;  ///< bytes, none to k_largest_layer
  std::int64_t total = 0;    ///< likewise; 0 when not known
  bool has_progress = false;
};

/// Takes apart the answer of POST /images/create: JSON objects, one a line, cut anywhere.
class PullStream {
 public:
  using Sink = std::function<void(const PullEvent&)>;

  explicit PullStream(Sink sink) : sink_(std::move(sink)) {}

  /// Throws Error{engine_failure} with the engine's words for a failure that is told inside the stream (the status was
  /// 200 already), Error{engine_protocol} for what is not such a stream, or of more layers than an image has: whoever
  /// shows them keeps something of each.
  void feed(std::string_view bytes);

  /// The stream has ended. Throws as feed for an unfinished last line.
  void finish();

 private:
  void take_line(std::string_view line);

  Sink sink_;
  std::string line_;
  std::set<std::string> layers_;
};

}  // namespace docker_sandbox::engine

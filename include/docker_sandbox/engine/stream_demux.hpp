// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace docker_sandbox::engine {

enum class OutputStream { out, err };

/// Takes apart the stream of a session without a terminal: frames of an 8-byte header [stream, 0, 0, 0, length (big
/// endian)] and the payload. Incremental: bytes may be cut anywhere; output is handed on as it arrives, never held.
class StreamDemux {
 public:
  using Sink = std::function<void(OutputStream, std::string_view)>;

  explicit StreamDemux(Sink sink) : sink_(std::move(sink)) {}

  /// Throws Error{engine_protocol} for a frame of an unknown stream, Error{engine_failure} with the engine's text for a
  /// frame of stream 3 (moby's "system error").
  void feed(std::string_view bytes);

  /// Whether the bytes so far end between two frames.
  bool between_frames() const { return header_size_ == 0 && left_ == 0; }

 private:
  void begin_frame();
  void take_words(std::string_view payload);

  Sink sink_;
  std::array<unsigned char, 8> header_{};
  std::size_t header_size_ = 0;
  std::size_t empty_frames_ = 0;  ///< one after the other
  std::uint32_t left_ = 0;        ///< payload bytes of the frame that are still to come
  OutputStream stream_ = OutputStream::out;
  bool system_error_ = false;
  std::string words_;  ///< of the engine, so far
};

}  // namespace docker_sandbox::engine

// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/engine/stream_demux.hpp"

#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/base/text.hpp"

#include <algorithm>
#include <string>

namespace docker_sandbox::engine {

constexpr std::size_t k_max_empty_frames = 10'000;
/// Of the engine's own words.
constexpr std::size_t k_max_words = 4096;

void StreamDemux::begin_frame() {
  // moby's stdcopy: 0 is "stdin" and is written to stdout, 3 carries an error of the engine itself.
  switch (header_[0]) {
    case 0:
    case 1:
      stream_ = OutputStream::out;
      break;
    case 2:
      stream_ = OutputStream::err;
      break;
    case 3:
      system_error_ = true;
      break;
    default:
      throw base::Error(base::ErrorKind::engine_protocol, "the engine sent output of an unknown stream (" +
                                                              std::to_string(header_[0]) + "); is a proxy in between?");
  }
  left_ = (static_cast<std::uint32_t>(header_[4]) << 24U) | (static_cast<std::uint32_t>(header_[5]) << 16U) |
          (static_cast<std::uint32_t>(header_[6]) << 8U) | static_cast<std::uint32_t>(header_[7]);
  header_size_ = 0;
  // What is waited for never comes in them, and no limit on what has come counts them.
  empty_frames_ = left_ == 0 ? empty_frames_ + 1 : 0;
  if (empty_frames_ > k_max_empty_frames) {
    throw base::Error(base::ErrorKind::engine_protocol, "the engine sends output without content and without end");
  }
}

void StreamDemux::take_words(std::string_view payload) {
  words_.append(payload.substr(0, k_max_words - words_.size()));
  if (left_ == 0 || words_.size() == k_max_words) {
    throw base::Error(base::ErrorKind::engine_failure,
                      "Error response from daemon: " + base::printable(base::trim(words_)));
  }
}

void StreamDemux::feed(std::string_view bytes) {
  while (!bytes.empty()) {
    if (left_ == 0) {
      const std::size_t count = std::min(header_.size() - header_size_, bytes.size());
      std::copy_n(bytes.begin(), count, header_.begin() + static_cast<std::ptrdiff_t>(header_size_));
      header_size_ += count;
      bytes.remove_prefix(count);
      if (header_size_ == header_.size()) {
        begin_frame();
      }
      continue;
    }
    const std::string_view payload = bytes.substr(0, left_);
    left_ -= static_cast<std::uint32_t>(payload.size());
    bytes.remove_prefix(payload.size());
    if (system_error_) {
      take_words(payload);
    } else {
      sink_(stream_, payload);
    }
  }
}

}  // namespace docker_sandbox::engine

// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/sandbox/headless.hpp"

#include <algorithm>
#include <utility>

namespace docker_sandbox::sandbox {
namespace {

constexpr char k_record = '\x1e';
constexpr char k_record_end = '\x1f';
/// No record is longer behind its token.
constexpr std::size_t k_max_record = 64;
constexpr std::string_view k_end = "end ";
constexpr std::string_view k_now = "now";
/// A piece is what was read at once, 64 KiB at most; without a time behind it what is longer is given out in parts.
constexpr std::size_t k_max_piece = 1024 * 1024;

}  // namespace

RunLogDecoder::RunLogDecoder(std::string token, Sink sink)
    : introducer_(k_record + std::move(token) + " "), sink_(std::move(sink)) {}

void RunLogDecoder::feed(std::string_view bytes) {
  held_ += bytes;
  while (take_record()) {
  }
  const std::size_t tail = introducer_.size() + k_max_record;
  if (held_.size() - given_ > k_max_piece) {
    sink_.chunk(last_uptime_, held_.substr(given_, held_.size() - given_ - tail));
    given_ = held_.size() - tail;
  }
  // Once for all that has been given out: a run's whole output may come at once, in pieces of a few bytes.
  held_.erase(0, given_);
  searched_ -= std::min(searched_, std::exchange(given_, 0));
}

bool RunLogDecoder::take_record() {
  const std::size_t begin = held_.find(introducer_, searched_);
  if (begin == std::string::npos) {
    // The introducer may be cut at the end.
    searched_ = std::max(given_, held_.size() - std::min(held_.size(), introducer_.size()));
    return false;
  }
  const std::size_t content = begin + introducer_.size();
  const std::size_t end = held_.find(k_record_end, content);
  if (end == std::string::npos) {
    searched_ = begin;
    return false;
  }
  const std::string record = held_.substr(content, end - content);
  std::string text = held_.substr(given_, begin - given_);
  given_ = searched_ = end + 1;
  const bool is_end = record.compare(0, k_end.size(), k_end) == 0;
  if (is_end || record == k_now) {
    if (!text.empty()) {
      sink_.chunk(last_uptime_, std::move(text));
    }
    is_end ? sink_.end(std::string_view(record).substr(k_end.size())) : sink_.caught_up();
  } else {
    last_uptime_ = record;
    sink_.chunk(last_uptime_, std::move(text));
  }
  return true;
}

void RunLogDecoder::finish() {
  if (!held_.empty()) {
    sink_.chunk(last_uptime_, std::exchange(held_, {}));
  }
}

}  // namespace docker_sandbox::sandbox

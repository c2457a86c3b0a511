// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace docker_sandbox::sandbox {

/// The bytes of a `detachKeys` setting in the docker CLI's grammar: single characters, ctrl-<a-z, @, [, \, ], ^, _> and
/// DEL, separated by commas. Empty for an empty one. Throws Error{bad_config} for any other.
std::string parse_detach_keys(std::string_view setting);

/// Finds a key sequence in what is typed, however it is cut. An empty sequence is never found.
class DetachKeys {
 public:
  explicit DetachKeys(std::string sequence) : sequence_(std::move(sequence)) {}

  /// What is to go to the program of what has been typed so far; the part that may become the sequence is held back.
  std::string feed(std::string_view typed);

  /// Whether the sequence was typed. Nothing behind it is given out.
  bool found() const { return found_; }

 private:
  std::string sequence_;
  std::size_t matched_ = 0;
  bool found_ = false;
};

}  // namespace docker_sandbox::sandbox

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "support/terminal_text.hpp"

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <ostream>
#include <string_view>
#include <vector>

/// What libFuzzer feeds, and what the corpora are replayed to: code that reads bytes from outside.
namespace docker_sandbox::fuzz {

struct Target {
  const char* name;  ///< also of its corpus and its dictionary
  /// A base::Error is an ordinary outcome; any other exception, and a rule that does not hold, is a finding.
  void (*body)(std::string_view bytes);
};

/// For GoogleTest.
inline void PrintTo(const Target& target, std::ostream* out) {
  *out << target.name;
}

/// All targets that are linked in.
std::vector<Target>& targets();

/// Gives the bytes to the target.
void feed(const Target& target, std::string_view bytes);

struct Registration {
  explicit Registration(Target target) { targets().push_back(target); }
};

/// A rule of the target's own. Ends the process when it does not hold, as the fuzzer wants it.
inline void require(bool holds, const char* rule) {
  if (!holds) {
    std::fprintf(stderr, "broken rule: %s\n", rule);
    std::abort();
  }
}

/// The first line apart from the rest: for targets that take more than one text.
inline std::string_view take_line(std::string_view& bytes) {
  const std::size_t end = bytes.find('\n');
  const std::string_view line = bytes.substr(0, end);
  bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
  return line;
}

/// The first byte, as the size of the pieces that the rest comes in: for targets that are fed piece by piece.
inline std::size_t take_piece_size(std::string_view& bytes) {
  const std::size_t size = bytes.empty() ? 1 : static_cast<unsigned char>(bytes.front()) + std::size_t{1};
  bytes.remove_prefix(bytes.empty() ? 0 : 1);
  return size;
}

using support::moves_cursor;

}  // namespace docker_sandbox::fuzz

/// FUZZ_TARGET(name) { … bytes … }
#define FUZZ_TARGET(name)                                                                       \
  static void fuzz_##name(std::string_view bytes);                                              \
  static const docker_sandbox::fuzz::Registration k_registration_##name({#name, &fuzz_##name}); \
  static void fuzz_##name(std::string_view bytes)

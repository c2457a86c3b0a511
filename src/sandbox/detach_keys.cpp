// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/sandbox/detach_keys.hpp"

#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/base/text.hpp"

#include <optional>

namespace docker_sandbox::sandbox {
namespace {

constexpr char k_delete = '\x7f';
constexpr char k_last_control = '\x1f';
constexpr char k_control_bit = 0x40;

std::optional<char> parse_key(std::string_view key) {
  constexpr std::string_view k_control = "ctrl-";
  if (key.size() == 1) {
    return key.front();
  }
  if (key == "DEL") {
    return k_delete;
  }
  if (key.size() != k_control.size() + 1 || key.substr(0, k_control.size()) != k_control) {
    return std::nullopt;
  }
  const char name = key.back();
  if (name >= 'a' && name <= 'z') {
    return static_cast<char>(name - 'a' + 1);
  }
  const char code = static_cast<char>(name - k_control_bit);
  const bool has_control = name == '@' || (name >= '[' && name <= '_');
  return has_control && code >= 0 && code <= k_last_control ? std::optional(code) : std::nullopt;
}

}  // namespace

std::string parse_detach_keys(std::string_view setting) {
  std::string sequence;
  if (setting.empty()) {
    return sequence;
  }
  for (const std::string& key : base::split(setting, ',')) {
    const std::optional<char> code = parse_key(key);
    if (!code) {
      throw base::Error(base::ErrorKind::bad_config, "the docker configuration's detachKeys \"" +
                                                         base::printable(setting) + "\" have an unknown key \"" +
                                                         base::printable(key) + "\"");
    }
    sequence += *code;
  }
  return sequence;
}

std::string DetachKeys::feed(std::string_view typed) {
  std::string passed;
  if (sequence_.empty()) {
    passed = typed;
    return passed;
  }
  for (const char key : typed) {
    if (found_) {
      break;
    }
    // What was held back may contain the beginning of another match: give out the shortest part that cannot be one.
    std::string held = sequence_.substr(0, matched_) + key;
    while (!held.empty() && sequence_.compare(0, held.size(), held) != 0) {
      passed += held.front();
      held.erase(0, 1);
    }
    matched_ = held.size();
    found_ = matched_ == sequence_.size();
  }
  return passed;
}

}  // namespace docker_sandbox::sandbox

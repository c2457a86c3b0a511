// SPDX-License-Identifier: Apache-2.0
#include "terminal_modes.hpp"

#include "docker_sandbox/base/number.hpp"
#include "docker_sandbox/base/text.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace docker_sandbox::sandbox {
namespace {

constexpr char k_escape = '\x1b';
constexpr char k_cancel = '\x18';
constexpr char k_substitute = '\x1a';
constexpr char k_bell = '\x07';
/// A longer control sequence is none of those that are followed.
constexpr std::size_t k_max_sequence = 256;

/// All three lead to the same screen, and back.
constexpr std::array k_alternate_screens{47, 1047, 1049};
constexpr int k_application_cursor_keys = 1;

/// Private modes that change how the terminal behaves for whoever comes next, and are off in a terminal at rest:
/// application cursor keys, reverse video, mouse reports of all kinds, focus reports, bracketed paste, synchronised
/// output, colour scheme and size reports.
constexpr std::array k_off_at_rest{1,    5,    9,    66,   1000, 1001, 1002, 1003, 1004,
                                   1005, 1006, 1007, 1015, 1016, 2004, 2026, 2031, 2048};
/// Automatic wrapping, and the cursor.
constexpr std::array k_on_at_rest{7, 25};

template <typename Range>
bool contains(const Range& range, int value) {
  return std::find(range.begin(), range.end(), value) != range.end();
}

int number_of(std::string_view text, int otherwise) {
  return base::parse_number<int>(text).value_or(otherwise);
}

std::string private_mode(int mode, char final) {
  return "\x1b[?" + std::to_string(mode) + final;
}

}  // namespace

void TerminalModes::feed(std::string_view bytes) {
  while (!bytes.empty()) {
    if (phase_ == Phase::text) {
      const std::size_t escape = bytes.find(k_escape);
      if (escape == std::string_view::npos) {
        return;
      }
      bytes.remove_prefix(escape + 1);
      phase_ = Phase::escape;
      continue;
    }
    take(bytes.front());
    bytes.remove_prefix(1);
  }
}

void TerminalModes::take(char c) {
  if (c == k_cancel || c == k_substitute) {
    phase_ = Phase::text;
    return;
  }
  if (c == k_escape && phase_ != Phase::string) {
    phase_ = Phase::escape;
    return;
  }
  switch (phase_) {
    case Phase::text:
      break;
    case Phase::escape:
      phase_ = Phase::text;
      if (c == '[') {
        sequence_.clear();
        phase_ = Phase::csi;
      } else if (c == ']' || c == 'P' || c == '_' || c == '^' || c == 'X') {
        phase_ = Phase::string;
      } else if (c == '=' || c == '>') {
        application_keypad_ = c == '=';
      } else if (c == 'c') {
        *this = TerminalModes();
      }
      break;
    case Phase::csi:
      if (c >= '@' && c <= '~') {
        phase_ = Phase::text;
        take_csi(c);
      } else if (sequence_.size() < k_max_sequence) {
        sequence_ += c;
      } else {
        phase_ = Phase::text;
      }
      break;
    case Phase::string:
      if (c == k_bell) {
        phase_ = Phase::text;
      } else if (c == k_escape) {
        phase_ = Phase::string_escape;
      }
      break;
    case Phase::string_escape:
      // ESC \ ends the string; any other character after ESC begins a sequence of its own.
      phase_ = c == '\\' ? Phase::text : Phase::escape;
      if (phase_ == Phase::escape) {
        take(c);
      }
      break;
  }
}

void TerminalModes::take_csi(char final) {
  const std::string_view parameters = sequence_;
  const char first = parameters.empty() ? '\0' : parameters.front();
  if (first == '?' && (final == 'h' || final == 'l')) {
    set_private(parameters.substr(1), final == 'h');
  } else if (final == 'u' && (first == '>' || first == '<' || first == '=')) {
    take_keyboard();
  } else if (final == 'm' && first == '>') {
    modified_keys_ = parameters.substr(0, 3) == ">4;" && parameters.substr(3) != "0";
  } else if (final == 'm' && first != '?') {
    // The last parameter tells only whether it is a plain reset; whatever else is set counts as coloured.
    coloured_ = !(parameters.empty() || parameters == "0");
  } else if (final == 'r' && first != '?') {
    scroll_region_ = !parameters.empty();
  } else if (final == 'p' && first == '!') {
    soft_reset();
  }
}

void TerminalModes::set_private(std::string_view parameters, bool on) {
  for (const std::string& text : base::split(parameters, ';')) {
    const int mode = number_of(text, -1);
    if (contains(k_alternate_screens, mode)) {
      switch_screen(mode, on);
    } else if (contains(k_off_at_rest, mode)) {
      on ? static_cast<void>(on_.insert(mode)) : static_cast<void>(on_.erase(mode));
    } else if (contains(k_on_at_rest, mode)) {
      on ? static_cast<void>(off_.erase(mode)) : static_cast<void>(off_.insert(mode));
    }
  }
}

void TerminalModes::switch_screen(int mode, bool to_alternate) {
  alternate_ = to_alternate;
  if (to_alternate) {
    alternate_mode_ = mode;
  }
}

void TerminalModes::take_keyboard() {
  // The protocol has a stack for each of the two screens.
  auto& [pushed, changed] = keyboards_[alternate_ ? 1 : 0];
  const std::vector<std::string> parameters = base::split(std::string_view(sequence_).substr(1), ';');
  if (sequence_.front() == '>') {
    ++pushed;
  } else if (sequence_.front() == '<') {
    const int count = number_of(parameters.front(), 1);
    changed = changed && count <= pushed;
    pushed = std::max(0, pushed - std::max(0, count));
  } else if (pushed == 0) {
    // Sets all modes to what is given (1, or nothing), or some of them on (2) or off (3).
    const int how = parameters.size() > 1 ? number_of(parameters[1], 1) : 1;
    const bool none = number_of(parameters.front(), 0) == 0;
    changed = how == 1 ? !none : changed || (how == 2 && !none);
  }
}

void TerminalModes::soft_reset() {
  // Terminals differ in whether it leaves the alternate screen and ends mouse reports and keyboard modes; to do so again does no
  // harm where it has done so.
  on_.erase(k_application_cursor_keys);
  off_.clear();
  application_keypad_ = coloured_ = scroll_region_ = false;
}

std::string TerminalModes::reset_of(const Keyboard& keyboard) {
  return (keyboard.pushed > 0 ? "\x1b[<" + std::to_string(keyboard.pushed) + "u" : std::string()) +
         (keyboard.changed ? "\x1b[=0;1u" : "");
}

std::string TerminalModes::reset() const {
  // What belongs to the alternate screen first, then leave it, then the rest. A program that has left the screen may have left
  // its keyboard modes there, for the next program that goes to it.
  std::string text = reset_of(keyboards_[1]);
  const bool visit = !alternate_ && !text.empty();
  if (visit) {
    text = private_mode(alternate_mode_, 'h') + text;
  }
  if (alternate_ || visit) {
    text += private_mode(alternate_mode_, 'l');
  }
  text += reset_of(keyboards_[0]);
  if (scroll_region_) {
    text +=
        "\x1b"
        "7\x1b[r\x1b"
        "8";
  }
  if (coloured_) {
    text += "\x1b[m";
  }
  for (const int mode : on_) {
    text += private_mode(mode, 'l');
  }
  if (modified_keys_) {
    text += "\x1b[>4;0m";
  }
  if (application_keypad_) {
    text += "\x1b>";
  }
  for (const int mode : off_) {
    text += private_mode(mode, 'h');
  }
  return text;
}

}  // namespace docker_sandbox::sandbox

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <set>
#include <string>
#include <string_view>

namespace docker_sandbox::sandbox {

/// Follows what a program switches on in the user's terminal, so that it can be switched off again when the program ends
/// without doing so: alternate screen, hidden cursor, mouse, bracketed paste, keyboard protocols, colours. Pure.
class TerminalModes {
 public:
  /// Output of the program, cut anywhere.
  void feed(std::string_view bytes);

  /// What makes the terminal usable again; empty when nothing is left on.
  std::string reset() const;

 private:
  enum class Phase { text, escape, csi, string, string_escape };

  void take(char c);
  void take_csi(char final);
  void set_private(std::string_view parameters, bool on);
  void switch_screen(int mode, bool to_alternate);
  void take_keyboard();
  void soft_reset();

  /// What a screen's keyboard modes of the kitty protocol are.
  struct Keyboard {
    int pushed = 0;        ///< onto the screen's stack, and not popped
    bool changed = false;  ///< what was there before the first push
  };
  static std::string reset_of(const Keyboard& keyboard);

  Phase phase_ = Phase::text;
  std::string sequence_;  ///< of the control sequence so far, without its introducer
  std::set<int> on_;      ///< DEC private modes that are on though they are off by default
  std::set<int> off_;     ///< those that are off though they are on by default
  bool alternate_ = false;
  int alternate_mode_ = 0;             ///< of the modes that lead to the alternate screen the one that was used last
  std::array<Keyboard, 2> keyboards_;  ///< of the main screen and of the alternate one
  bool modified_keys_ = false;
  bool application_keypad_ = false;
  bool coloured_ = false;
  bool scroll_region_ = false;
};

}  // namespace docker_sandbox::sandbox

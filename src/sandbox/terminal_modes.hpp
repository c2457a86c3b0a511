// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
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
  void take_keyboard(char final);
  void full_reset();

  Phase phase_ = Phase::text;
  std::string sequence_;           ///< of the control sequence so far, without its introducer
  std::set<int> on_;               ///< DEC private modes that are on though they are off by default
  std::set<int> off_;              ///< those that are off though they are on by default
  std::map<bool, int> keyboards_;  ///< how many keyboard modes are pushed, in the alternate screen and out of it
  bool modified_keys_ = false;
  bool application_keypad_ = false;
  bool coloured_ = false;
  bool scroll_region_ = false;
};

}  // namespace docker_sandbox::sandbox

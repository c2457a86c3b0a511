// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace docker_sandbox::cli {

/// The standard streams of this process and what they are. stdout carries a command's answer and nothing else.
class Io {
 public:
  /// Looks at the descriptors once. `no_color`: $NO_COLOR is set to something.
  Io(int in, int out, int err, bool no_color);

  int in() const { return in_; }
  int out() const { return out_; }
  int err() const { return err_; }
  bool in_is_terminal() const { return in_is_terminal_; }
  bool out_is_terminal() const { return out_is_terminal_; }
  bool err_is_terminal() const { return err_is_terminal_; }
  /// Control characters may be written to stderr: whoever sets NO_COLOR has no use for them either.
  bool err_may_move_cursor() const { return err_is_terminal_ && !no_color_; }

  /// Writes all of `text`, exactly. Throws Error{io} when stdout cannot take it (a full disk; a closed pipe ends the
  /// process by SIGPIPE, as it does any filter).
  void write_out(std::string_view text) const;
  /// Writes to stderr; failures are ignored, there is nobody left to tell.
  void write_err(std::string_view text) const;
  /// One line to stderr with control characters escaped.
  void message(std::string_view line) const;

 private:
  int in_;
  int out_;
  int err_;
  bool in_is_terminal_;
  bool out_is_terminal_;
  bool err_is_terminal_;
  bool no_color_;
};

}  // namespace docker_sandbox::cli

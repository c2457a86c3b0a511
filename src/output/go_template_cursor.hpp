// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "go_template_lexer.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace docker_sandbox::output {

/// Where the reader of a template stands among its tokens, and what it says when one does not fit there.
class TokenCursor {
 public:
  explicit TokenCursor(std::string_view text) : tokens_(lex_template(text)) {}

  /// The next token; behind the last one, that one again.
  const Token& peek() const;
  const Token& next();
  const Token& peek_after_space();
  const Token& next_after_space();

  /// Takes back one next().
  void back() { --at_; }
  std::size_t position() const { return at_; }
  void return_to(std::size_t position) { at_ = position; }

  /// The line on which the action that is read begins; 0 outside of actions.
  void set_action_line(int line) { action_line_ = line; }

  /// Throws base::Error{invalid_value} with docker's sentence, on the line of the token read last.
  [[noreturn]] void fail(const std::string& what) const;
  /// The same for a token that cannot stand in `context`.
  [[noreturn]] void fail_at(const Token& token, const std::string& context) const;

 private:
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  int action_line_ = 0;
};

}  // namespace docker_sandbox::output

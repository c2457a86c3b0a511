// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace docker_sandbox::output {

enum class TokenKind {
  error,  ///< text says what is wrong; no token follows
  end_of_text,
  text,
  left_delimiter,
  right_delimiter,
  space,
  assign,
  declare,
  pipe,
  left_parenthesis,
  right_parenthesis,
  character,  ///< punctuation
  string,
  raw_string,
  number,
  complex_number,
  character_constant,
  boolean,
  field,
  dot,
  variable,
  identifier,
  keyword,
};

struct Token {
  TokenKind kind = TokenKind::end_of_text;
  std::size_t position = 0;  ///< byte in the template
  std::string text;
  int line = 1;
};

/// Takes a template apart as Go's text/template does, delimiters {{ and }}. The last token is an error or the end.
std::vector<Token> lex_template(std::string_view text);

/// The token as Go's messages show it.
std::string describe(const Token& token);

}  // namespace docker_sandbox::output

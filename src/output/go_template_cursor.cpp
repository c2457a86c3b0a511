// SPDX-License-Identifier: Apache-2.0
#include "go_template_cursor.hpp"

#include "docker_sandbox/base/error.hpp"

#include <algorithm>

namespace docker_sandbox::output {

const Token& TokenCursor::peek() const {
  return tokens_[std::min(at_, tokens_.size() - 1)];
}

const Token& TokenCursor::next() {
  const Token& token = peek();
  ++at_;
  return token;
}

const Token& TokenCursor::peek_after_space() {
  while (peek().kind == TokenKind::space) {
    ++at_;
  }
  return peek();
}

const Token& TokenCursor::next_after_space() {
  peek_after_space();
  return next();
}

void TokenCursor::fail(const std::string& what) const {
  const std::size_t last_read = std::min(at_ == 0 ? 0 : at_ - 1, tokens_.size() - 1);
  throw base::Error(base::ErrorKind::invalid_value,
                    "template parsing error: template: :" + std::to_string(tokens_[last_read].line) + ": " + what);
}

void TokenCursor::fail_at(const Token& token, const std::string& context) const {
  if (token.kind != TokenKind::error) {
    fail("unexpected " + describe(token) + " in " + context);
  }
  std::string where;
  if (action_line_ != 0 && action_line_ != token.line) {
    constexpr std::string_view k_action = " action";
    const bool says_action = token.text.size() >= k_action.size() &&
                             token.text.compare(token.text.size() - k_action.size(), k_action.size(), k_action) == 0;
    where = (says_action ? " started at :" : " in action started at :") + std::to_string(action_line_);
  }
  fail(token.text + where);
}

}  // namespace docker_sandbox::output

// SPDX-License-Identifier: Apache-2.0
#include "go_template_lexer.hpp"

#include "unicode.hpp"

#include <algorithm>
#include <array>

namespace docker_sandbox::output {
namespace {

constexpr std::string_view k_left = "{{";
constexpr std::string_view k_right = "}}";
constexpr std::string_view k_comment_begin = "/*";
constexpr std::string_view k_comment_end = "*/";
constexpr std::string_view k_blank = " \t\r\n";
constexpr std::size_t k_trim_marker = 2;  ///< "- " or " -"
constexpr std::array<std::string_view, 11> k_keywords{"block", "break", "continue", "define", "else",    "end",
                                                      "if",    "nil",   "range",    "with",   "template"};

bool is_blank(char32_t rune) {
  return rune == ' ' || rune == '\t' || rune == '\r' || rune == '\n';
}
bool is_word(char32_t rune) {
  return rune == '_' || unicode::is_letter(rune) || unicode::is_digit(rune);
}

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  std::vector<Token> run() {
    while (!done_) {
      if (inside_action_) {
        lex_inside_action();
      } else {
        lex_text();
      }
    }
    return std::move(tokens_);
  }

 private:
  static constexpr char32_t k_end = 0xFFFFFFFF;

  std::string_view rest() const { return text_.substr(at_); }
  char32_t peek() const { return at_ < text_.size() ? unicode::decode(text_, at_).value : k_end; }

  char32_t next() {
    if (at_ >= text_.size()) {
      return k_end;
    }
    const unicode::Rune rune = unicode::decode(text_, at_);
    at_ += rune.size;
    return rune.value;
  }

  /// Forgets what was read since the last token.
  void ignore() {
    line_ += static_cast<int>(std::count(text_.begin() + static_cast<std::ptrdiff_t>(start_),
                                         text_.begin() + static_cast<std::ptrdiff_t>(at_), '\n'));
    start_ = at_;
  }

  void emit(TokenKind kind) {
    tokens_.push_back({kind, start_, std::string(text_.substr(start_, at_ - start_)), line_});
    ignore();
  }

  void fail(const std::string& what) {
    tokens_.push_back({TokenKind::error, start_, what, line_});
    done_ = true;
  }

  bool starts_right_trim(std::size_t at) const {
    return at + 1 < text_.size() && is_blank(static_cast<unsigned char>(text_[at])) && text_[at + 1] == '-';
  }

  /// Whether the closing delimiter, with or without its trim marker, is next.
  bool at_right_delimiter(bool* trims) const {
    *trims = starts_right_trim(at_) && text_.substr(at_ + k_trim_marker).substr(0, k_right.size()) == k_right;
    return *trims || rest().substr(0, k_right.size()) == k_right;
  }

  void skip_blanks() { at_ = std::min(text_.find_first_not_of(k_blank, at_), text_.size()); }

  void lex_text() {
    const std::size_t begin = text_.find(k_left, at_);
    if (begin == std::string_view::npos) {
      at_ = text_.size();
      if (at_ > start_) {
        emit(TokenKind::text);
      }
      emit(TokenKind::end_of_text);
      done_ = true;
      return;
    }
    const std::size_t marker = begin + k_left.size();
    const bool trims =
        marker + 1 < text_.size() && text_[marker] == '-' && is_blank(static_cast<unsigned char>(text_[marker + 1]));
    at_ = begin;
    if (trims) {
      const std::size_t last = text_.substr(start_, begin - start_).find_last_not_of(k_blank);
      at_ = last == std::string_view::npos ? start_ : start_ + last + 1;
    }
    if (at_ > start_) {
      emit(TokenKind::text);
    }
    at_ = begin;
    ignore();
    const std::size_t after_marker = marker + (trims ? k_trim_marker : 0);
    if (text_.substr(after_marker).substr(0, k_comment_begin.size()) == k_comment_begin) {
      at_ = after_marker;
      lex_comment();
      return;
    }
    at_ = marker;
    emit(TokenKind::left_delimiter);
    at_ = after_marker;
    ignore();
    parentheses_ = 0;
    inside_action_ = true;
  }

  void lex_comment() {
    const std::size_t end = text_.find(k_comment_end, at_ + k_comment_begin.size());
    if (end == std::string_view::npos) {
      fail("unclosed comment");
      return;
    }
    at_ = end + k_comment_end.size();
    bool trims = false;
    if (!at_right_delimiter(&trims)) {
      fail("comment ends before closing delimiter");
      return;
    }
    at_ += (trims ? k_trim_marker : 0) + k_right.size();
    if (trims) {
      skip_blanks();
    }
    ignore();
  }

  void lex_right_delimiter(bool trims) {
    if (trims) {
      at_ += k_trim_marker;
      ignore();
    }
    at_ += k_right.size();
    emit(TokenKind::right_delimiter);
    if (trims) {
      skip_blanks();
      ignore();
    }
    inside_action_ = false;
  }

  void lex_inside_action() {
    bool trims = false;
    if (at_right_delimiter(&trims)) {
      if (parentheses_ == 0) {
        lex_right_delimiter(trims);
      } else {
        fail("unclosed left paren");
      }
      return;
    }
    const char32_t rune = peek();
    if (rune == k_end) {
      fail("unclosed action");
    } else if (is_blank(rune)) {
      lex_space();
    } else if (rune == '"' || rune == '`' || rune == '\'') {
      lex_quoted(rune);
    } else if (rune == '$') {
      next();
      lex_name(TokenKind::variable);
    } else if (rune == '.' && at_ + 1 < text_.size() &&
               !unicode::is_digit(static_cast<unsigned char>(text_[at_ + 1]))) {
      next();
      lex_name(TokenKind::field);
    } else if (rune == '.' || rune == '+' || rune == '-' || unicode::is_digit(rune)) {
      lex_number();
    } else if (is_word(rune)) {
      lex_identifier();
    } else {
      lex_punctuation();
    }
  }

  void lex_punctuation() {
    const char32_t rune = next();
    if (rune == '=') {
      emit(TokenKind::assign);
    } else if (rune == ':') {
      if (next() == '=') {
        emit(TokenKind::declare);
      } else {
        fail("expected :=");
      }
    } else if (rune == '|') {
      emit(TokenKind::pipe);
    } else if (rune == '(') {
      ++parentheses_;
      emit(TokenKind::left_parenthesis);
    } else if (rune == ')') {
      if (--parentheses_ < 0) {
        fail("unexpected right paren");
      } else {
        emit(TokenKind::right_parenthesis);
      }
    } else if (rune < 0x7F && unicode::is_print(rune)) {
      emit(TokenKind::character);
    } else {
      fail("unrecognized character in action: " + unicode::describe(rune));
    }
  }

  void lex_space() {
    std::size_t blanks = 0;
    while (is_blank(peek())) {
      next();
      ++blanks;
    }
    // The last blank may belong to a closing delimiter with a trim marker.
    if (starts_right_trim(at_ - 1) && text_.substr(at_ - 1 + k_trim_marker).substr(0, k_right.size()) == k_right) {
      --at_;
      if (blanks == 1) {
        lex_right_delimiter(true);
        return;
      }
    }
    emit(TokenKind::space);
  }

  void lex_quoted(char32_t quotation) {
    next();
    const bool raw = quotation == '`';
    for (;;) {
      char32_t rune = next();
      if (!raw && rune == '\\') {
        rune = next();
        if (rune != k_end && rune != '\n') {
          continue;
        }
      }
      if (rune == quotation) {
        emit(raw ? TokenKind::raw_string : quotation == '"' ? TokenKind::string : TokenKind::character_constant);
        return;
      }
      if (rune == k_end || (!raw && rune == '\n')) {
        fail(raw                ? "unterminated raw quoted string"
             : quotation == '"' ? "unterminated quoted string"
                                : "unterminated character constant");
        return;
      }
    }
  }

  /// Whether a name may end here.
  bool at_terminator() const {
    const char32_t rune = peek();
    return rune == k_end || is_blank(rune) ||
           (rune < 0x80 && std::string_view(".,|:)(").find(static_cast<char>(rune)) != std::string_view::npos) ||
           rest().substr(0, k_right.size()) == k_right;
  }

  /// A field or variable whose first character is read.
  void lex_name(TokenKind kind) {
    if (at_terminator()) {
      emit(kind == TokenKind::variable ? TokenKind::variable : TokenKind::dot);
      return;
    }
    while (is_word(peek())) {
      next();
    }
    if (at_terminator()) {
      emit(kind);
    } else {
      fail("bad character " + unicode::describe(peek()));
    }
  }

  void lex_identifier() {
    while (is_word(peek())) {
      next();
    }
    if (!at_terminator()) {
      fail("bad character " + unicode::describe(peek()));
      return;
    }
    const std::string_view word = text_.substr(start_, at_ - start_);
    if (std::find(k_keywords.begin(), k_keywords.end(), word) != k_keywords.end()) {
      emit(TokenKind::keyword);
    } else {
      emit(word == "true" || word == "false" ? TokenKind::boolean : TokenKind::identifier);
    }
  }

  bool accept(std::string_view any_of) {
    if (at_ < text_.size() && any_of.find(text_[at_]) != std::string_view::npos) {
      ++at_;
      return true;
    }
    return false;
  }
  void accept_run(std::string_view any_of) {
    while (accept(any_of)) {
    }
  }

  bool scan_number() {
    constexpr std::string_view k_decimal = "0123456789_";
    std::string_view digits = k_decimal;
    bool hexadecimal = false;
    accept("+-");
    if (accept("0")) {
      if (accept("xX")) {
        digits = "0123456789abcdefABCDEF_";
        hexadecimal = true;
      } else if (accept("oO")) {
        digits = "01234567_";
      } else if (accept("bB")) {
        digits = "01_";
      }
    }
    accept_run(digits);
    if (accept(".")) {
      accept_run(digits);
    }
    if ((digits == k_decimal && accept("eE")) || (hexadecimal && accept("pP"))) {
      accept("+-");
      accept_run(k_decimal);
    }
    accept("i");
    if (is_word(peek())) {
      next();
      return false;
    }
    return true;
  }

  void lex_number() {
    const bool is_number = scan_number();
    if (is_number && peek() != '+' && peek() != '-') {
      emit(TokenKind::number);
    } else if (is_number && scan_number() && text_[at_ - 1] == 'i') {
      emit(TokenKind::complex_number);
    } else {
      fail("bad number syntax: " + unicode::quote(text_.substr(start_, at_ - start_)));
    }
  }

  std::string_view text_;
  std::vector<Token> tokens_;
  std::size_t start_ = 0;  ///< of the token that is being read
  std::size_t at_ = 0;
  int line_ = 1;  ///< of start_
  int parentheses_ = 0;
  bool inside_action_ = false;
  bool done_ = false;
};

}  // namespace

std::vector<Token> lex_template(std::string_view text) {
  return Lexer(text).run();
}

std::string describe(const Token& token) {
  constexpr std::size_t k_longest = 10;
  if (token.kind == TokenKind::end_of_text) {
    return "EOF";
  }
  if (token.kind == TokenKind::error) {
    return token.text;
  }
  if (token.kind == TokenKind::keyword || token.kind == TokenKind::dot) {
    return "<" + token.text + ">";
  }
  if (token.text.size() <= k_longest) {
    return unicode::quote(token.text);
  }
  return unicode::quote(unicode::first(token.text, k_longest)) + "...";
}

}  // namespace docker_sandbox::output

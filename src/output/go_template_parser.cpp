// SPDX-License-Identifier: Apache-2.0
#include "go_template_cursor.hpp"
#include "go_template_functions.hpp"
#include "go_template_literals.hpp"
#include "go_template_tree.hpp"
#include "unicode.hpp"

#include <algorithm>

namespace docker_sandbox::output {
namespace {

using Kind = TemplateNode::Kind;

/// Blocks and parentheses inside each other, and "else if" in a row: no template that a person writes comes near.
constexpr int k_max_depth = 200;

NodePtr make_node(Kind kind, std::size_t position, std::string text = {}) {
  auto node = std::make_unique<TemplateNode>();
  node->kind = kind;
  node->position = position;
  node->text = std::move(text);
  return node;
}

bool is_keyword(const Token& token, std::string_view word) {
  return token.kind == TokenKind::keyword && token.text == word;
}

class Parser {
 public:
  explicit Parser(std::string_view text) : tokens_(text) {}

  NodePtr parse() {
    NodePtr root = make_node(Kind::list, 0);
    while (tokens_.peek().kind != TokenKind::end_of_text) {
      NodePtr node = text_or_action();
      if (node->kind == Kind::end_mark || node->kind == Kind::else_mark) {
        tokens_.fail("unexpected " + to_source(*node));
      }
      root->children.push_back(std::move(node));
    }
    return root;
  }

 private:
  /// Counts how deep the recursion is.
  class Level {
   public:
    explicit Level(Parser& parser) : parser_(parser) {
      if (++parser_.depth_ > k_max_depth) {
        parser_.tokens_.fail("nested too deeply");
      }
    }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;
    ~Level() { --parser_.depth_; }

   private:
    Parser& parser_;
  };

  NodePtr text_or_action() {
    const Token& token = tokens_.next_after_space();
    if (token.kind == TokenKind::text) {
      return make_node(Kind::text, token.position, token.text);
    }
    if (token.kind != TokenKind::left_delimiter) {
      tokens_.fail_at(token, "input");
    }
    tokens_.set_action_line(token.line);
    NodePtr node = action();
    tokens_.set_action_line(0);
    return node;
  }

  NodePtr action() {
    const Token& token = tokens_.next_after_space();
    if (token.kind == TokenKind::keyword && token.text != "nil") {
      if (token.text == "if" || token.text == "range" || token.text == "with") {
        return control(token.text);
      }
      if (token.text == "break" || token.text == "continue") {
        return loop_exit(token);
      }
      if (token.text == "else") {
        return else_mark();
      }
      if (token.text == "end") {
        const Token& closing = tokens_.next_after_space();
        if (closing.kind != TokenKind::right_delimiter) {
          tokens_.fail_at(closing, "end");
        }
        return make_node(Kind::end_mark, closing.position);
      }
      tokens_.fail("{{" + token.text + "}} is not supported");
    }
    tokens_.back();
    NodePtr node = make_node(Kind::action, tokens_.peek().position);
    node->pipe = pipeline("command", TokenKind::right_delimiter);
    return node;
  }

  NodePtr else_mark() {
    const Token& token = tokens_.peek_after_space();
    // "else if" and "else with" are read by whoever reads the else.
    if (!is_keyword(token, "if") && !is_keyword(token, "with")) {
      tokens_.next();
      if (token.kind != TokenKind::right_delimiter) {
        tokens_.fail_at(token, "else");
      }
    }
    return make_node(Kind::else_mark, token.position);
  }

  NodePtr loop_exit(const Token& keyword) {
    const Token& token = tokens_.next_after_space();
    if (token.kind != TokenKind::right_delimiter) {
      tokens_.fail_at(token, "{{" + keyword.text + "}}");
    }
    if (range_depth_ == 0) {
      tokens_.fail("{{" + keyword.text + "}} outside {{range}}");
    }
    return make_node(keyword.text == "break" ? Kind::break_loop : Kind::continue_loop, keyword.position);
  }

  /// if, range or with, whose keyword is read.
  NodePtr control(const std::string& keyword) {
    const Level level(*this);
    const std::size_t variables = variables_.size();
    NodePtr node = make_node(keyword == "if" ? Kind::if_branch : keyword == "range" ? Kind::range : Kind::with, 0);
    node->pipe = pipeline(keyword, TokenKind::right_delimiter);
    node->position = node->pipe->position;
    const int in_range = keyword == "range" ? 1 : 0;
    range_depth_ += in_range;
    NodePtr mark = read_list(node->list);
    range_depth_ -= in_range;
    if (mark->kind == Kind::else_mark) {
      if ((keyword == "if" || keyword == "with") && is_keyword(tokens_.peek(), keyword)) {
        tokens_.next();
        node->else_list = make_node(Kind::list, mark->position);
        node->else_list->children.push_back(control(keyword));
      } else {
        mark = read_list(node->else_list);
        if (mark->kind != Kind::end_mark) {
          tokens_.fail("expected end; found " + to_source(*mark));
        }
      }
    }
    variables_.resize(variables);
    return node;
  }

  /// Fills `list` and returns the mark that ended it.
  NodePtr read_list(NodePtr& list) {
    list = make_node(Kind::list, tokens_.peek_after_space().position);
    while (tokens_.peek_after_space().kind != TokenKind::end_of_text) {
      NodePtr node = text_or_action();
      if (node->kind == Kind::end_mark || node->kind == Kind::else_mark) {
        return node;
      }
      list->children.push_back(std::move(node));
    }
    tokens_.next();
    tokens_.fail("unexpected EOF");
  }

  NodePtr pipeline(const std::string& context, TokenKind end) {
    const Level level(*this);
    NodePtr pipe = make_node(Kind::pipe, tokens_.peek_after_space().position);
    read_declarations(*pipe, context);
    for (;;) {
      const Token& token = tokens_.next_after_space();
      if (token.kind == end) {
        check_pipeline(*pipe, context);
        return pipe;
      }
      if (!begins_operand(token)) {
        tokens_.fail_at(token, context);
      }
      tokens_.back();
      pipe->children.push_back(command());
    }
  }

  static bool begins_operand(const Token& token) {
    switch (token.kind) {
      case TokenKind::boolean:
      case TokenKind::character_constant:
      case TokenKind::complex_number:
      case TokenKind::dot:
      case TokenKind::field:
      case TokenKind::identifier:
      case TokenKind::number:
      case TokenKind::raw_string:
      case TokenKind::string:
      case TokenKind::variable:
      case TokenKind::left_parenthesis:
        return true;
      case TokenKind::keyword:
        return token.text == "nil";
      default:
        return false;
    }
  }

  /// "$x :=", "$x =", "$i, $x :=" at the start of a pipeline.
  void read_declarations(TemplateNode& pipe, const std::string& context) {
    while (tokens_.peek_after_space().kind == TokenKind::variable) {
      const std::size_t before = tokens_.position();
      const Token& variable = tokens_.next();
      const Token& following = tokens_.peek_after_space();
      if (following.kind == TokenKind::assign || following.kind == TokenKind::declare) {
        pipe.is_assignment = following.kind == TokenKind::assign;
        tokens_.next();
        declare(pipe, variable);
        return;
      }
      if (following.kind != TokenKind::character || following.text != ",") {
        tokens_.return_to(before);
        return;
      }
      tokens_.next();
      declare(pipe, variable);
      if (context != "range" || pipe.names.size() >= 2) {
        tokens_.fail("too many declarations in " + context);
      }
      const TokenKind after = tokens_.peek_after_space().kind;
      if (after != TokenKind::variable && after != TokenKind::right_delimiter &&
          after != TokenKind::right_parenthesis) {
        tokens_.fail("range can only initialize variables");
      }
    }
  }

  void declare(TemplateNode& pipe, const Token& variable) {
    pipe.names.push_back(variable.text);
    variables_.push_back(variable.text);
  }

  void check_pipeline(const TemplateNode& pipe, const std::string& context) const {
    if (pipe.children.empty()) {
      tokens_.fail("missing value for " + context);
    }
    for (std::size_t stage = 1; stage < pipe.children.size(); ++stage) {
      const Kind kind = pipe.children[stage]->children.front()->kind;
      if (kind == Kind::constant || kind == Kind::dot || kind == Kind::nil || kind == Kind::string) {
        tokens_.fail("non executable command in pipeline stage " + std::to_string(stage + 1));
      }
    }
  }

  NodePtr command() {
    NodePtr node = make_node(Kind::command, tokens_.peek_after_space().position);
    for (;;) {
      tokens_.peek_after_space();
      if (NodePtr argument = operand()) {
        node->children.push_back(std::move(argument));
      }
      const Token& token = tokens_.next();
      if (token.kind == TokenKind::space) {
        continue;
      }
      if (token.kind == TokenKind::right_delimiter || token.kind == TokenKind::right_parenthesis) {
        tokens_.back();
      } else if (token.kind != TokenKind::pipe) {
        tokens_.fail_at(token, "operand");
      }
      break;
    }
    if (node->children.empty()) {
      tokens_.fail("empty command");
    }
    return node;
  }

  /// A term and the fields behind it; null when the next token starts none.
  NodePtr operand() {
    NodePtr node = term();
    if (!node || tokens_.peek().kind != TokenKind::field) {
      return node;
    }
    const std::size_t position = tokens_.peek().position;
    std::vector<std::string> names;
    while (tokens_.peek().kind == TokenKind::field) {
      names.push_back(tokens_.next().text.substr(1));
    }
    if (node->kind == Kind::field || node->kind == Kind::variable) {
      node->position = position;
      node->names.insert(node->names.end(), names.begin(), names.end());
      return node;
    }
    if (node->kind == Kind::constant || node->kind == Kind::string || node->kind == Kind::nil ||
        node->kind == Kind::dot) {
      tokens_.fail("unexpected . after term " + unicode::quote(to_source(*node)));
    }
    NodePtr chain = make_node(Kind::chain, position);
    chain->names = std::move(names);
    chain->children.push_back(std::move(node));
    return chain;
  }

  NodePtr term() {
    const Token& token = tokens_.next_after_space();
    switch (token.kind) {
      case TokenKind::identifier:
        if (find_function(token.text) == nullptr) {
          tokens_.fail("function " + unicode::quote(token.text) + " not defined");
        }
        return make_node(Kind::identifier, token.position, token.text);
      case TokenKind::dot:
        return make_node(Kind::dot, token.position);
      case TokenKind::variable:
        return use_variable(token);
      case TokenKind::field: {
        NodePtr node = make_node(Kind::field, token.position);
        node->names.push_back(token.text.substr(1));
        return node;
      }
      case TokenKind::keyword:
        if (token.text == "nil") {
          return make_node(Kind::nil, token.position);
        }
        break;
      case TokenKind::boolean:
      case TokenKind::number:
      case TokenKind::complex_number:
      case TokenKind::character_constant:
      case TokenKind::string:
      case TokenKind::raw_string:
        return literal(token);
      case TokenKind::left_parenthesis:
        return pipeline("parenthesized pipeline", TokenKind::right_parenthesis);
      default:
        break;
    }
    tokens_.back();
    return nullptr;
  }

  NodePtr use_variable(const Token& token) {
    if (token.text != "$" && std::find(variables_.begin(), variables_.end(), token.text) == variables_.end()) {
      tokens_.fail("undefined variable " + unicode::quote(token.text));
    }
    NodePtr node = make_node(Kind::variable, token.position);
    node->names.push_back(token.text);
    return node;
  }

  NodePtr literal(const Token& token) {
    const bool text = token.kind == TokenKind::string || token.kind == TokenKind::raw_string;
    NodePtr node = make_node(text ? Kind::string : Kind::constant, token.position, token.text);
    node->is_boolean = token.kind == TokenKind::boolean;
    std::string problem;
    node->value = literal_value(token, &problem);
    if (!problem.empty()) {
      tokens_.fail(problem);
    }
    return node;
  }

  TokenCursor tokens_;
  std::vector<std::string> variables_;
  int range_depth_ = 0;
  int depth_ = 0;
};

}  // namespace

NodePtr parse_template(std::string_view text) {
  return Parser(text).parse();
}

}  // namespace docker_sandbox::output

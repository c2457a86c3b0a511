// SPDX-License-Identifier: Apache-2.0
#include "go_template_tree.hpp"

#include "docker_sandbox/base/text.hpp"

#include <algorithm>

namespace docker_sandbox::output {
namespace {

using Kind = TemplateNode::Kind;

std::string joined(const std::vector<NodePtr>& nodes, std::string_view separator) {
  std::string text;
  for (const NodePtr& node : nodes) {
    text += &node == &nodes.front() ? "" : std::string(separator);
    // A pipeline among operands stands in parentheses.
    text += node->kind == Kind::pipe ? "(" + to_source(*node) + ")" : to_source(*node);
  }
  return text;
}

std::string branch(std::string_view keyword, const TemplateNode& node) {
  std::string text = "{{" + std::string(keyword) + " " + to_source(*node.pipe) + "}}" + to_source(*node.list);
  if (node.else_list) {
    text += "{{else}}" + to_source(*node.else_list);
  }
  return text + "{{end}}";
}

}  // namespace

std::string to_source(const TemplateNode& node) {
  switch (node.kind) {
    case Kind::text:
    case Kind::identifier:
    case Kind::constant:
    case Kind::string:
      return node.text;
    case Kind::action:
      return "{{" + to_source(*node.pipe) + "}}";
    case Kind::if_branch:
      return branch("if", node);
    case Kind::range:
      return branch("range", node);
    case Kind::with:
      return branch("with", node);
    case Kind::break_loop:
      return "{{break}}";
    case Kind::continue_loop:
      return "{{continue}}";
    case Kind::else_mark:
      return "{{else}}";
    case Kind::end_mark:
      return "{{end}}";
    case Kind::list:
      return joined(node.children, "");
    case Kind::pipe: {
      const std::string names = base::join(node.names, ", ");
      return (names.empty() ? "" : names + (node.is_assignment ? " = " : " := ")) + joined(node.children, " | ");
    }
    case Kind::command:
      return joined(node.children, " ");
    case Kind::variable:
      return base::join(node.names, ".");
    case Kind::field:
      return "." + base::join(node.names, ".");
    case Kind::chain:
      return joined(node.children, "") + "." + base::join(node.names, ".");
    case Kind::dot:
      return ".";
    case Kind::nil:
      return "nil";
  }
  return {};
}

std::string location_of(std::string_view template_text, std::size_t position) {
  const std::string_view before = template_text.substr(0, position);
  const std::size_t line_end = before.rfind('\n');
  const std::size_t column = line_end == std::string_view::npos ? position : position - line_end - 1;
  return ":" + std::to_string(1 + std::count(before.begin(), before.end(), '\n')) + ":" + std::to_string(column);
}

}  // namespace docker_sandbox::output

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/output/template_value.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace docker_sandbox::output {

struct TemplateNode;
using NodePtr = std::unique_ptr<TemplateNode>;

/// One node of a parsed template; which members count depends on the kind.
struct TemplateNode {
  enum class Kind {
    // what a list holds
    text,       ///< text
    action,     ///< pipe
    if_branch,  ///< pipe, list, else_list
    range,      ///< pipe, list, else_list
    with,       ///< pipe, list, else_list
    break_loop,
    continue_loop,
    // ends of lists; never part of a tree
    else_mark,
    end_mark,
    // containers
    list,     ///< children
    pipe,     ///< names (variables declared or set), is_assignment, children (commands)
    command,  ///< children (operands)
    // operands
    identifier,  ///< text
    variable,    ///< names: the variable, then fields
    field,       ///< names
    chain,       ///< children[0], names: fields of its value
    dot,
    nil,
    constant,  ///< text as written, value
    string,    ///< text as written, value
  };

  Kind kind = Kind::text;
  std::size_t position = 0;
  std::string text;
  std::vector<std::string> names;
  bool is_assignment = false;
  TemplateValue value;
  bool is_boolean = false;  ///< of constant
  NodePtr pipe;
  NodePtr list;
  NodePtr else_list;
  std::vector<NodePtr> children;
};

/// The node as Go's messages show it.
std::string to_source(const TemplateNode& node);

/// Parses a template (grammar of Go's text/template without define, template and block). Throws base::Error
/// {invalid_value} with docker's sentence.
NodePtr parse_template(std::string_view text);

/// "template: :1: " and the like: where Go says the template is wrong.
std::string location_of(std::string_view template_text, std::size_t position);

}  // namespace docker_sandbox::output

// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/output/go_template.hpp"

#include "docker_sandbox/base/error.hpp"
#include "go_template_evaluator.hpp"

namespace docker_sandbox::output {
namespace {

using Kind = TemplateNode::Kind;

constexpr std::size_t k_longest_template = 64 * 1024;

enum class LoopExit { none, next, end };

/// Walks the tree as Go's text/template does, and writes what its actions give.
class Executor {
 public:
  Executor(std::string_view text, TemplateEvaluator::FindFunction find) : evaluator_(text, find) {}

  void run(const TemplateNode& root, const TemplateValue& data) {
    evaluator_.declare("$", data);
    try {
      walk(data, root);
    } catch (const BudgetExceeded& error) {
      evaluator_.fail(error.what());
    }
  }

  std::string take_output() { return std::move(output_); }

 private:
  void print(const std::string& text) {
    evaluator_.count_bytes(text.size());
    output_ += text;
  }

  LoopExit walk(const TemplateValue& dot, const TemplateNode& node) {
    evaluator_.look_at(node);
    switch (node.kind) {
      case Kind::text:
        print(node.text);
        return LoopExit::none;
      case Kind::action: {
        const TemplateValue value = evaluator_.pipeline(dot, *node.pipe);
        if (node.pipe->names.empty()) {
          evaluator_.look_at(node);
          print(value.is_nothing() ? "<no value>" : to_text(value));
        }
        return LoopExit::none;
      }
      case Kind::break_loop:
        return LoopExit::end;
      case Kind::continue_loop:
        return LoopExit::next;
      case Kind::list:
        for (const NodePtr& child : node.children) {
          if (const LoopExit exit = walk(dot, *child); exit != LoopExit::none) {
            return exit;
          }
        }
        return LoopExit::none;
      case Kind::range:
        walk_range(dot, node);
        return LoopExit::none;
      default:
        return walk_branch(dot, node);
    }
  }

  /// if and with.
  LoopExit walk_branch(const TemplateValue& dot, const TemplateNode& node) {
    const TemplateEvaluator::Scope scope(evaluator_);
    const TemplateValue value = evaluator_.pipeline(dot, *node.pipe);
    if (value.truth()) {
      return walk(node.kind == Kind::with ? value : dot, *node.list);
    }
    return node.else_list ? walk(dot, *node.else_list) : LoopExit::none;
  }

  void walk_range(const TemplateValue& dot, const TemplateNode& node) {
    const TemplateEvaluator::Scope scope(evaluator_);
    const TemplateValue value = evaluator_.pipeline(dot, *node.pipe);
    bool ran = false;
    if (const TemplateValue::List* list = value.list()) {
      for (std::size_t i = 0; i < list->size(); ++i) {
        ran = true;
        if (!iterate(node, TemplateValue(static_cast<std::int64_t>(i)), list->at(i))) {
          break;
        }
      }
    } else if (const TemplateMap* map = value.map();
               map != nullptr && map->missing != TemplateMap::Missing::no_such_field) {
      for (const auto* entry : map->sorted()) {
        ran = true;
        if (!iterate(node, TemplateValue(entry->first), entry->second)) {
          break;
        }
      }
    } else if (const std::int64_t* count = value.integer()) {
      if (node.pipe->names.size() > 1) {
        evaluator_.fail("can't use " + to_text(value) + " to iterate over more than one variable");
      }
      for (std::int64_t i = 0; i < *count; ++i) {
        ran = true;
        if (!iterate(node, {}, TemplateValue(i))) {
          break;
        }
      }
    } else if (!value.is_nothing()) {
      evaluator_.fail("range can't iterate over " + to_text(value));
    }
    if (!ran && node.else_list) {
      walk(dot, *node.else_list);
    }
  }

  /// One turn of a range; false after a break.
  bool iterate(const TemplateNode& node, const TemplateValue& index, const TemplateValue& element) {
    const std::vector<std::string>& names = node.pipe->names;
    if (!names.empty()) {
      // With two variables the first is the index, else the only one is the element.
      const TemplateValue& first = names.size() > 1 ? index : element;
      if (node.pipe->is_assignment) {
        evaluator_.set_variable(names[0], first);
        if (names.size() > 1) {
          evaluator_.set_variable(names[1], element);
        }
      } else {
        evaluator_.latest_variable(names.size() - 1) = first;
        evaluator_.latest_variable(0) = element;
      }
    }
    const TemplateEvaluator::Scope scope(evaluator_);
    return walk(element, *node.list) != LoopExit::end;
  }

  TemplateEvaluator evaluator_;
  std::string output_;
};

}  // namespace

GoTemplate::GoTemplate(std::string text) : text_(std::move(text)) {
  if (text_.size() > k_longest_template) {
    throw base::Error(base::ErrorKind::invalid_value, "template parsing error: template: :1: longer than " +
                                                          std::to_string(k_longest_template) + " bytes");
  }
  root_ = parse_template(text_);
}

GoTemplate::GoTemplate(GoTemplate&&) noexcept = default;
GoTemplate& GoTemplate::operator=(GoTemplate&&) noexcept = default;
GoTemplate::~GoTemplate() = default;

std::string GoTemplate::render(const TemplateValue& data) const {
  Executor executor(text_, find_function);
  executor.run(*root_, data);
  return executor.take_output();
}

std::string GoTemplate::render_header(const TemplateValue& headers) const {
  Executor executor(text_, find_header_function);
  try {
    executor.run(*root_, headers);
  } catch (const base::Error&) {
    // The rows have told of any error before the header is made.
    return executor.take_output();
  }
  return executor.take_output();
}

}  // namespace docker_sandbox::output

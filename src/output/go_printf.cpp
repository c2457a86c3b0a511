// SPDX-License-Identifier: Apache-2.0
#include "go_printf.hpp"

#include "go_printf_verbs.hpp"
#include "unicode.hpp"

#include <algorithm>
#include <cstdlib>
#include <optional>

namespace docker_sandbox::output {
namespace {

constexpr std::int64_t k_largest_number = 1'000'000;  ///< of a width or precision, as in Go

/// How many values the verb is applied to, each with the width and the precision.
std::size_t leaves_of(const TemplateValue& value) {
  std::size_t leaves = 0;
  if (const TemplateValue::List* list = value.list()) {
    for (const TemplateValue& element : *list) {
      leaves += leaves_of(element);
    }
    return leaves;
  }
  if (const TemplateMap* map = value.map()) {
    for (const auto& entry : map->entries) {
      leaves += 1 + leaves_of(entry.second);
    }
    return leaves;
  }
  return 1;
}

class Printer {
 public:
  Printer(std::string_view format, const std::vector<TemplateValue>& arguments, TemplateBudget& budget)
      : format_(format), arguments_(arguments), budget_(budget) {}

  std::string run() {
    while (at_ < format_.size()) {
      const std::size_t percent = std::min(format_.find('%', at_), format_.size());
      put(std::string(format_.substr(at_, percent - at_)));
      at_ = percent + 1;
      if (percent < format_.size()) {
        directive();
      }
    }
    if (!reordered_ && next_ < arguments_.size()) {
      std::string extra;
      for (; next_ < arguments_.size(); ++next_) {
        const TemplateValue& value = arguments_[next_];
        extra +=
            (extra.empty() ? "" : ", ") + (value.is_nothing() ? "<nil>" : value.type_name() + "=" + to_text(value));
      }
      put("%!(EXTRA " + extra + ")");
    }
    return std::move(text_);
  }

 private:
  void put(const std::string& text) {
    budget_.bytes(text.size());
    text_ += text;
  }

  bool at(char c) const { return at_ < format_.size() && format_[at_] == c; }

  std::optional<std::int64_t> number() {
    if (at_ >= format_.size() || !unicode::is_digit(static_cast<unsigned char>(format_[at_]))) {
      return std::nullopt;
    }
    std::int64_t value = 0;
    for (; at_ < format_.size() && unicode::is_digit(static_cast<unsigned char>(format_[at_])); ++at_) {
      if (value > k_largest_number) {
        return std::nullopt;
      }
      value = value * 10 + (format_[at_] - '0');
    }
    return value;
  }

  /// "[n]": the argument that comes next.
  void argument_number() {
    if (!at('[')) {
      return;
    }
    reordered_ = true;
    const std::size_t end = format_.find(']', at_);
    if (end == std::string_view::npos) {
      good_argument_ = false;
      ++at_;
      return;
    }
    ++at_;
    const std::optional<std::int64_t> value = number();
    const bool whole = at_ == end;
    at_ = end + 1;
    after_index_ = true;
    if (!value || !whole || *value < 1 || static_cast<std::size_t>(*value) > arguments_.size()) {
      good_argument_ = false;
      return;
    }
    next_ = static_cast<std::size_t>(*value) - 1;
  }

  /// The value of a "*".
  std::optional<std::int64_t> starred() {
    if (next_ >= arguments_.size()) {
      return std::nullopt;
    }
    const std::int64_t* value = arguments_[next_++].integer();
    after_index_ = false;
    return value == nullptr || *value > k_largest_number || *value < -k_largest_number ? std::nullopt
                                                                                       : std::optional(*value);
  }

  void flags(VerbSpec& spec) {
    for (; at_ < format_.size(); ++at_) {
      switch (format_[at_]) {
        case '#':
          spec.sharp = true;
          break;
        case '0':
          spec.zero = true;
          break;
        case '+':
          spec.plus = true;
          break;
        case '-':
          spec.minus = true;
          break;
        case ' ':
          spec.space = true;
          break;
        default:
          return;
      }
    }
  }

  void width(VerbSpec& spec) {
    argument_number();
    if (at('*')) {
      ++at_;
      const std::optional<std::int64_t> value = starred();
      if (!value) {
        put("%!(BADWIDTH)");
        return;
      }
      spec.minus = spec.minus || *value < 0;
      spec.width = static_cast<std::size_t>(std::abs(*value));
      return;
    }
    const std::optional<std::int64_t> value = number();
    if (value) {
      spec.width = static_cast<std::size_t>(*value);
      good_argument_ = good_argument_ && !after_index_;  // "%[3]2d"
    }
  }

  void precision(VerbSpec& spec) {
    if (!at('.')) {
      return;
    }
    ++at_;
    good_argument_ = good_argument_ && !after_index_;  // "%[3].2d"
    argument_number();
    if (at('*')) {
      ++at_;
      const std::optional<std::int64_t> value = starred();
      if (!value) {
        put("%!(BADPREC)");
      } else if (*value >= 0) {
        spec.precision = static_cast<std::size_t>(*value);
      }
      return;
    }
    spec.precision = static_cast<std::size_t>(number().value_or(0));
  }

  void directive() {
    VerbSpec spec;
    good_argument_ = true;
    after_index_ = false;
    flags(spec);
    width(spec);
    precision(spec);
    if (!after_index_) {
      argument_number();
    }
    if (at_ >= format_.size()) {
      put("%!(NOVERB)");
      return;
    }
    const unicode::Rune verb = unicode::decode(format_, at_);
    at_ += verb.size;
    std::string name;
    unicode::append(name, verb.value);
    const std::size_t leaves = next_ < arguments_.size() ? leaves_of(arguments_[next_]) : 0;
    budget_.bytes(leaves * (spec.width.value_or(0) + spec.precision.value_or(0)));
    if (verb.value == '%') {
      put("%");
    } else if (!good_argument_) {
      put("%!" + name + "(BADINDEX)");
    } else if (next_ >= arguments_.size()) {
      put("%!" + name + "(MISSING)");
    } else {
      put(format_value(spec, verb.value, arguments_[next_++]));
    }
  }

  std::string_view format_;
  const std::vector<TemplateValue>& arguments_;
  TemplateBudget& budget_;
  std::string text_;
  std::size_t at_ = 0;
  std::size_t next_ = 0;  ///< argument
  bool reordered_ = false;
  bool good_argument_ = true;
  bool after_index_ = false;
};

}  // namespace

std::string go_printf(std::string_view format, const std::vector<TemplateValue>& arguments, TemplateBudget& budget) {
  return Printer(format, arguments, budget).run();
}

}  // namespace docker_sandbox::output

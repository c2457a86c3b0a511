// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace docker_sandbox::output {

struct TemplateMap;

/// A value that a template works on, with the Go type it stands for: cheap to copy, never changed.
class TemplateValue {
 public:
  using List = std::vector<TemplateValue>;

  TemplateValue() = default;  ///< no value: prints as "<no value>"
  explicit TemplateValue(bool value) : data_(value) {}
  explicit TemplateValue(std::int64_t value) : data_(value) {}
  explicit TemplateValue(double value) : data_(value) {}
  explicit TemplateValue(std::string text) : data_(std::make_shared<const std::string>(std::move(text))) {}
  explicit TemplateValue(const char* text) : TemplateValue(std::string(text)) {}
  explicit TemplateValue(TemplateMap map);

  /// A []string, and an []interface {}.
  static TemplateValue strings(const std::vector<std::string>& texts);
  static TemplateValue list(List values);

  bool is_nothing() const { return std::holds_alternative<std::monostate>(data_); }
  const bool* boolean() const { return std::get_if<bool>(&data_); }
  const std::int64_t* integer() const { return std::get_if<std::int64_t>(&data_); }
  const double* real() const { return std::get_if<double>(&data_); }
  const std::string* text() const;
  const List* list() const;
  const TemplateMap* map() const;

  bool is_string_list() const;

  /// The name of the Go type, as Go's messages have it.
  std::string type_name() const;

  /// Whether `if` takes it for true: all but false, zero and what is empty.
  bool truth() const;

 private:
  struct ListData {
    List values;
    bool strings = false;
  };

  std::variant<std::monostate, bool, std::int64_t, double, std::shared_ptr<const std::string>,
               std::shared_ptr<const ListData>, std::shared_ptr<const TemplateMap>>
      data_;
};

/// Named values: a map, or the fields of a row.
struct TemplateMap {
  enum class Missing {
    no_value,       ///< as a map: "<no value>"
    no_such_field,  ///< as a struct: "can't evaluate field X in type T"
    no_such_key,    ///< as a map that must have the key: `map has no entry for key "X"`
  };
  enum class Names { exact, any_case };

  std::string type_name = "map[string]string";
  Missing missing = Missing::no_value;
  Names names = Names::exact;                                    ///< any_case: `.CreatedAt` finds created_at
  std::vector<std::pair<std::string, TemplateValue>> entries;    ///< in the order of their JSON
  std::vector<std::pair<std::string, std::string>> other_names;  ///< further spellings -> entry
  /// Methods of one string argument, for `.Label "key"`.
  std::vector<std::pair<std::string, std::function<TemplateValue(const std::string&)>>> methods;

  const TemplateValue* find(std::string_view name) const;
  /// The entries by name, as Go ranges over and prints maps.
  std::vector<const std::pair<std::string, TemplateValue>*> sorted() const;
};

/// As Go's %v.
std::string to_text(const TemplateValue& value);

/// As docker's `json` function: one line, nothing escaped for HTML. Control characters are always escaped.
std::string to_json(const TemplateValue& value);

/// As Go's strconv.FormatFloat(value, 'g', -1, 64).
std::string shortest_float(double value);

}  // namespace docker_sandbox::output

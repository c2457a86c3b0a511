// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/cli/option_set.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <algorithm>
#include <functional>
#include <map>

namespace docker_sandbox::cli {

struct OptionSet::Declared {
  std::function<void(const std::string&)> take;
  OptionTraits traits;
  bool takes_value = true;
  bool repeatable = false;
};

class OptionSet::Tree {
 public:
  CLI::App app;
  std::map<const CLI::Option*, Declared> declared;
};

namespace {

std::string name_of(const CLI::Option& option) {
  return option.get_lnames().empty() ? "" : option.get_lnames().front();
}

char shorthand_of(const CLI::Option& option) {
  return option.get_snames().empty() ? '\0' : option.get_snames().front().front();
}

}  // namespace

OptionSet::OptionSet() : tree_(std::make_unique<Tree>()) {
  tree_->app.set_help_flag();  // --help is an option like the others
}

OptionSet::~OptionSet() = default;

void OptionSet::declare(const std::string& names, Declared declared, const std::string& help, OptionTraits traits) {
  CLI::Option* option = tree_->app.add_option(names, CLI::callback_t{}, help);
  option->type_name(traits.type)->default_str(traits.default_text);
  option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)->allow_extra_args(false);
  if (traits.hidden) {
    option->group("");
  }
  declared.traits = std::move(traits);
  tree_->declared.emplace(option, std::move(declared));
}

void OptionSet::toggle(const std::string& names, bool& target, const std::string& help, OptionTraits traits) {
  declare(
      names,
      {.take = [&target](const std::string& value) { target = value == "true"; }, .traits = {}, .takes_value = false},
      help, std::move(traits));
}

void OptionSet::text(const std::string& names, std::string& target, const std::string& help, OptionTraits traits) {
  if (traits.type.empty()) {
    traits.type = "string";
  }
  declare(names, {.take = [&target](const std::string& value) { target = value; }}, help, std::move(traits));
}

void OptionSet::text(const std::string& names, std::optional<std::string>& target, const std::string& help,
                     OptionTraits traits) {
  if (traits.type.empty()) {
    traits.type = "string";
  }
  declare(names, {.take = [&target](const std::string& value) { target = value; }}, help, std::move(traits));
}

void OptionSet::list(const std::string& names, std::vector<std::string>& target, const std::string& help,
                     OptionTraits traits) {
  if (traits.type.empty()) {
    traits.type = "list";
  }
  declare(names, {.take = [&target](const std::string& value) { target.push_back(value); }, .repeatable = true}, help,
          std::move(traits));
}

std::vector<std::string> OptionSet::parse(const std::vector<std::string>& words, plugin::FlagsEnd end) {
  std::vector<plugin::Flag> known;
  for (const auto& [option, declared] : tree_->declared) {
    known.push_back({name_of(*option), shorthand_of(*option), declared.takes_value});
  }
  plugin::ScannedLine line = plugin::scan_flags(known, words, end);
  for (const plugin::FlagUse& use : line.flags) {
    CLI::Option* option = tree_->app.get_option("--" + use.name);
    option->add_result(use.value);
    tree_->declared.at(option).take(use.value);
  }
  return std::move(line.arguments);
}

bool OptionSet::given(const std::string& name) const {
  const CLI::Option* option = tree_->app.get_option_no_throw("--" + name);
  return option != nullptr && option->count() > 0;
}

std::vector<OptionDescription> OptionSet::describe() const {
  std::vector<OptionDescription> all;
  for (const auto& [option, declared] : tree_->declared) {
    all.push_back({.name = name_of(*option),
                   .shorthand = shorthand_of(*option),
                   .type = option->get_type_name(),
                   .help = option->get_description(),
                   .default_text = option->get_default_str(),
                   .kind = declared.traits.kind,
                   .hidden = declared.traits.hidden,
                   .repeatable = declared.repeatable,
                   .choices = declared.traits.choices});
  }
  std::sort(all.begin(), all.end(),
            [](const OptionDescription& a, const OptionDescription& b) { return a.name < b.name; });
  return all;
}

}  // namespace docker_sandbox::cli

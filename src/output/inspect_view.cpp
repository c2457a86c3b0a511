// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/output/inspect_view.hpp"

#include "docker_sandbox/base/text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

namespace docker_sandbox::output {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* k_mask = "********";
constexpr int k_indent = 2;

bool ends_with(const std::string& text, std::string_view end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

/// scheme://user:PASSWORD@host, of which there may be several.
std::string mask_url_passwords(const std::string& value) {
  constexpr std::string_view k_separator = "://";
  std::string masked;
  std::size_t done = 0;
  for (std::size_t scheme = value.find(k_separator); scheme != std::string::npos;) {
    const std::size_t begin = scheme + k_separator.size();
    const std::size_t end = std::min(value.find_first_of("/?#", begin), value.size());
    const std::string_view authority = std::string_view(value).substr(begin, end - begin);
    const std::size_t at = authority.rfind('@');
    const std::size_t colon = authority.find(':');
    if (at != std::string_view::npos && colon < at) {
      masked.append(value, done, begin + colon + 1 - done).append(k_mask);
      done = begin + at;
    }
    scheme = value.find(k_separator, begin);
  }
  return masked.append(value, done);
}

/// The library escapes the controls below the blank only; a terminal may act on U+007F to U+009F, too. They stand in
/// strings, where an escape is the same to whoever reads JSON.
std::string escape_controls(std::string_view json) {
  std::string result;
  result.reserve(json.size());
  for (std::size_t at = 0; at < json.size(); ++at) {
    const auto byte = static_cast<unsigned char>(json[at]);
    const auto next = static_cast<unsigned char>(at + 1 < json.size() ? json[at + 1] : '\0');
    if (byte == 0x7F) {
      result += "\\u007f";
    } else if (byte == 0xC2 && next < 0xA0) {
      result += fmt::format("\\u{:04x}", next);
      ++at;
    } else {
      result += json[at];
    }
  }
  return result;
}

Json to_json(const MountView& mount) {
  return {{"type", mount.type}, {"source", mount.source}, {"target", mount.target}, {"read_only", mount.read_only}};
}

Json to_json(const SandboxView& sandbox, bool show_secrets) {
  Json env = Json::array();
  for (const std::string& variable : sandbox.env) {
    env.push_back(show_secrets ? variable : mask_variable(variable));
  }
  Json mounts = Json::array();
  for (const MountView& mount : sandbox.mounts) {
    mounts.push_back(to_json(mount));
  }
  Json labels = Json::object();
  for (const auto& [name, value] : sandbox.labels) {
    labels[name] = value;
  }
  return {{"id", sandbox.id},
          {"name", sandbox.name},
          {"workspace", sandbox.workspace},
          {"created_at", sandbox.created_at},
          {"status", sandbox.status},
          {"template", sandbox.template_image},
          {"labels", labels},
          {"agent", sandbox.agent},
          {"credentials", sandbox.credentials},
          {"image_id", sandbox.image_id},
          {"user", sandbox.user},
          {"env", env},
          {"mounts", mounts},
          {"docker_socket", sandbox.docker_socket},
          {"network", sandbox.network}};
}

/// The same as a template sees it.
TemplateValue value_of(const Json& json, Destination destination) {
  const auto text = [destination](const std::string& raw) {
    return destination == Destination::terminal ? base::printable(raw) : raw;
  };
  if (json.is_string()) {
    return TemplateValue(text(json.get<std::string>()));
  }
  if (json.is_boolean()) {
    return TemplateValue(json.get<bool>());
  }
  if (json.is_array()) {
    TemplateValue::List values;
    std::transform(json.begin(), json.end(), std::back_inserter(values),
                   [&](const Json& element) { return value_of(element, destination); });
    return TemplateValue::list(std::move(values));
  }
  TemplateMap map;
  map.type_name = "map[string]interface {}";
  map.missing = TemplateMap::Missing::no_such_key;
  map.names = TemplateMap::Names::any_case;
  for (const auto& [name, element] : json.items()) {
    map.entries.emplace_back(text(name), value_of(element, destination));
  }
  return TemplateValue(std::move(map));
}

/// Labels have names of their own, which count letter by letter, and one that is missing is no mistake.
TemplateValue labels_of(const SandboxView& sandbox, Destination destination) {
  TemplateMap map;
  for (const auto& [name, value] : sandbox.labels) {
    const auto text = [destination](const std::string& raw) {
      return destination == Destination::terminal ? base::printable(raw) : raw;
    };
    map.entries.emplace_back(text(name), TemplateValue(text(value)));
  }
  return TemplateValue(std::move(map));
}

TemplateValue value_of(const SandboxView& sandbox, bool show_secrets, Destination destination) {
  TemplateMap map = *value_of(to_json(sandbox, show_secrets), destination).map();
  for (auto& [name, value] : map.entries) {
    if (name == "labels") {
      value = labels_of(sandbox, destination);
    } else if (name == "env") {
      std::vector<std::string> variables;
      for (const TemplateValue& variable : *value.list()) {
        variables.push_back(*variable.text());
      }
      value = TemplateValue::strings(variables);  // so that `join` takes it
    }
  }
  return TemplateValue(std::move(map));
}

}  // namespace

InspectFormat::InspectFormat(const std::string& format) {
  if (format.empty()) {
    return;
  }
  kind_ = format == "json" ? Kind::json : Kind::lines;
  if (kind_ == Kind::lines) {
    template_.emplace(format);
  }
}

std::string InspectFormat::render(const std::vector<SandboxView>& sandboxes, bool show_secrets,
                                  Destination destination) const {
  if (kind_ == Kind::indented) {
    return render_inspect(sandboxes, show_secrets);
  }
  std::string text;
  if (kind_ == Kind::json) {
    for (const SandboxView& sandbox : sandboxes) {
      text += (text.empty() ? "" : ",") + to_json(value_of(sandbox, show_secrets, destination));
    }
    return "[" + text + "]\n";
  }
  for (const SandboxView& sandbox : sandboxes) {
    text += template_->render(value_of(sandbox, show_secrets, destination)) + "\n";
  }
  return text;
}

bool says_secret(const std::string& variable_name) {
  std::string upper = variable_name;
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  for (const char* part : {"TOKEN", "SECRET", "PASSW", "PASSPHRASE", "CREDENTIAL"}) {
    if (upper.find(part) != std::string::npos) {
      return true;
    }
  }
  if (upper == "PWD" || upper == "OLDPWD") {
    return false;  // the shell's directories
  }
  std::replace_if(
      upper.begin(), upper.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  for (const std::string& word : base::split(upper, '_')) {
    constexpr std::array k_words{"PASS", "PWD", "AUTH", "PAT", "COOKIE", "DSN"};
    if (ends_with(word, "KEY") || ends_with(word, "KEYS") ||
        std::find(k_words.begin(), k_words.end(), word) != k_words.end()) {
      return true;
    }
  }
  return false;
}

std::string mask_variable(const std::string& variable) {
  const std::size_t equals = variable.find('=');
  if (equals == std::string::npos || equals + 1 == variable.size()) {
    return variable;
  }
  const std::string name = variable.substr(0, equals);
  return name + "=" + (says_secret(name) ? k_mask : mask_url_passwords(variable.substr(equals + 1)));
}

std::string render_inspect(const std::vector<SandboxView>& sandboxes, bool show_secrets) {
  Json array = Json::array();
  for (const SandboxView& sandbox : sandboxes) {
    array.push_back(to_json(sandbox, show_secrets));
  }
  return escape_controls(array.dump(k_indent, ' ', false, Json::error_handler_t::replace)) + "\n";
}

}  // namespace docker_sandbox::output

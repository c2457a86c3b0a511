// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/base/text.hpp"
#include "docker_sandbox/output/list_view.hpp"
#include "docker_sandbox/output/table.hpp"

#include <array>
#include <string_view>
#include <utility>

namespace docker_sandbox::output {
namespace {

constexpr std::string_view k_table = "table";
constexpr std::string_view k_json = "json";

/// Other names of fields, as docker ps spells them.
constexpr std::array<std::pair<const char*, const char*>, 3> k_other_names{
    {{"Image", "Template"}, {"Names", "Name"}, {"State", "Status"}}};

/// "\t" and "\n" as two characters stand for the tab and the line end: a shell's quotes leave them.
std::string with_escapes(std::string_view text) {
  std::string result;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char following = at + 1 < text.size() ? text[at + 1] : '\0';
    if (text[at] == '\\' && (following == 't' || following == 'n')) {
      result += following == 't' ? '\t' : '\n';
      ++at;
    } else {
      result += text[at];
    }
  }
  return result;
}

std::string_view without_blanks_around(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(' ');
  return begin == std::string_view::npos ? std::string_view()
                                         : text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

std::string joined_labels(const std::map<std::string, std::string>& labels) {
  std::string text;
  for (const auto& [name, value] : labels) {
    text += text.empty() ? "" : ",";
    text += name;
    text += "=";
    text += value;
  }
  return text;
}

/// One row's fields; what is printed of them is safe for a terminal when it goes to one.
TemplateValue row_of(const SandboxView& sandbox, bool no_trunc, bool printable) {
  const auto text = [printable](const std::string& raw) {
    return TemplateValue(printable ? base::printable(raw) : raw);
  };
  TemplateMap row;
  row.type_name = "*formatter.SandboxContext";
  row.missing = TemplateMap::Missing::no_such_field;
  row.entries = {{"Agent", text(sandbox.agent)},
                 {"CreatedAt", text(local_time(sandbox.created_unix))},
                 {"Credentials", text(sandbox.credentials)},
                 {"ID", text(no_trunc ? sandbox.id : short_id(sandbox.id))},
                 {"Labels", text(joined_labels(sandbox.labels))},
                 {"Name", text(sandbox.name)},
                 {"Status", text(sandbox.status)},
                 {"Template", text(sandbox.template_image)},
                 {"Workspace", text(sandbox.workspace)}};
  row.other_names.assign(k_other_names.begin(), k_other_names.end());
  row.methods = {{"Label", [&labels = sandbox.labels, text](const std::string& name) {
                    const auto label = labels.find(name);
                    return label == labels.end() ? TemplateValue("") : text(label->second);
                  }}};
  return TemplateValue(std::move(row));
}

/// The header of a label's column: the last part of its name, as docker has it.
TemplateValue label_header(const std::string& name) {
  std::string header = base::split(name, '.').back();
  for (char& c : header) {
    c = c == '-' || c == '_' ? ' ' : c;
  }
  return TemplateValue(std::move(header));
}

TemplateValue headers() {
  TemplateMap map;
  map.type_name = "map[string]string";
  for (const auto& [name, header] :
       std::initializer_list<std::pair<const char*, const char*>>{{"Agent", "AGENT"},
                                                                  {"CreatedAt", "CREATED AT"},
                                                                  {"Credentials", "CREDENTIALS"},
                                                                  {"ID", "SANDBOX ID"},
                                                                  {"Image", "IMAGE"},
                                                                  {"Labels", "LABELS"},
                                                                  {"Name", "NAME"},
                                                                  {"Names", "NAMES"},
                                                                  {"State", "STATE"},
                                                                  {"Status", "STATUS"},
                                                                  {"Template", "TEMPLATE"},
                                                                  {"Workspace", "WORKSPACE"}}) {
    map.entries.emplace_back(name, TemplateValue(header));
  }
  map.methods = {{"Label", label_header}};
  return TemplateValue(std::move(map));
}

}  // namespace

ListFormat::ListFormat(const std::string& format) {
  std::string_view text = format;
  if (text.empty() || text == k_table) {
    return;
  }
  const bool is_table = text.substr(0, k_table.size()) == k_table;
  kind_ = is_table ? Kind::table : Kind::lines;
  text.remove_prefix(is_table ? k_table.size() : 0);
  template_.emplace(text == k_json ? "{{json .}}" : with_escapes(without_blanks_around(text)));
}

std::string ListFormat::render(const std::vector<SandboxView>& sandboxes, const ListStyle& style) const {
  if (style.quiet || kind_ == Kind::columns) {
    return render_list(sandboxes, style);
  }
  const bool printable = kind_ == Kind::table || style.destination == Destination::terminal;
  std::string text;
  for (const SandboxView& sandbox : sandboxes) {
    text += template_->render(row_of(sandbox, style.no_trunc, printable)) + "\n";
  }
  return kind_ == Kind::table ? align_columns(template_->render_header(headers()) + "\n" + text) : text;
}

}  // namespace docker_sandbox::output

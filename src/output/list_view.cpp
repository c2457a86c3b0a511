// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/output/list_view.hpp"

#include "docker_sandbox/base/text.hpp"
#include "docker_sandbox/output/table.hpp"

#include <array>
#include <ctime>

namespace docker_sandbox::output {
namespace {

constexpr std::size_t k_short_id = 12;
constexpr std::size_t k_long_path = 40;  ///< bytes; longer paths are shortened

}  // namespace

std::string short_id(const std::string& id) {
  return id.substr(0, k_short_id);
}

std::string shorten_path(const std::string& path) {
  if (path.size() <= k_long_path) {
    return path;
  }
  const std::vector<std::string> parts = base::split(path, '/');  // the first one is empty
  constexpr std::size_t k_kept = 4;
  if (parts.size() <= k_kept) {
    return path;
  }
  const std::string shortened = "/" + parts[1] + "/" + parts[2] + "/.../" + parts.back();
  return shortened.size() < path.size() ? shortened : path;
}

std::string utc_time(std::int64_t seconds_since_epoch) {
  const std::time_t time = seconds_since_epoch;
  std::tm parts{};
  ::gmtime_r(&time, &parts);
  std::array<char, 32> text{};
  const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S", &parts);
  return {text.data(), size};
}

std::string local_time(std::int64_t seconds_since_epoch) {
  const std::time_t time = seconds_since_epoch;
  std::tm parts{};
  ::localtime_r(&time, &parts);
  std::array<char, 64> text{};
  const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S %z %Z", &parts);
  return {text.data(), size};
}

std::string render_list(const std::vector<SandboxView>& sandboxes, const ListStyle& style) {
  if (style.quiet) {
    std::string text;
    for (const SandboxView& sandbox : sandboxes) {
      text += base::printable(style.no_trunc ? sandbox.id : short_id(sandbox.id)) + "\n";
    }
    return text;
  }
  std::vector<std::vector<std::string>> rows{{"SANDBOX ID", "TEMPLATE", "NAME", "WORKSPACE", "STATUS", "CREATED"}};
  for (const SandboxView& sandbox : sandboxes) {
    rows.push_back({style.no_trunc ? sandbox.id : short_id(sandbox.id), sandbox.template_image, sandbox.name,
                    (style.no_trunc ? sandbox.workspace : shorten_path(sandbox.workspace)) +
                        (sandbox.workspace_note.empty() ? "" : " (" + sandbox.workspace_note + ")"),
                    sandbox.status, utc_time(sandbox.created_unix)});
  }
  return render_table(std::move(rows));
}

}  // namespace docker_sandbox::output

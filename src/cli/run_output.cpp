// SPDX-License-Identifier: Apache-2.0
#include "run_output.hpp"

#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/base/number.hpp"
#include "docker_sandbox/base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <utility>

namespace docker_sandbox::cli {

namespace {

/// How many lines that is; the last one need not have an end.
std::size_t line_count(const std::string& text) {
  const auto ends = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  return text.empty() || text.back() == '\n' ? ends : ends + 1;
}

/// Takes so many lines off the front.
void drop_lines(std::string& text, std::size_t count) {
  std::size_t end = 0;
  for (; count > 0; --count) {
    end = text.find('\n', end) + 1;
  }
  text.erase(0, end);
}

/// The last lines of all.
void keep_tail(std::vector<LogLines>& lines, std::size_t wanted) {
  auto first = lines.end();
  while (first != lines.begin() && wanted > 0) {
    --first;
    const std::size_t count = line_count(first->text);
    drop_lines(first->text, count - std::min(count, wanted));
    wanted -= std::min(count, wanted);
  }
  lines.erase(lines.begin(), first);
}

}  // namespace

void LineMaker::add(const sandbox::LogChunk& chunk, std::vector<LogLines>& lines) {
  LogLines& open = open_[chunk.stream == engine::OutputStream::out ? 0 : 1];
  std::string_view text = chunk.text;
  const auto take = [&](std::size_t end) {
    open.text += text.substr(0, end);
    text.remove_prefix(std::min(end, text.size()));
  };
  if (!open.text.empty()) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) {
      take(end);
      return;
    }
    take(end + 1);
    lines.push_back(std::exchange(open, {}));
  }
  if (text.empty()) {
    return;
  }
  open.stream = chunk.stream;
  open.time = chunk.time;
  if (const std::size_t end = text.rfind('\n'); end != std::string_view::npos) {
    take(end + 1);
    lines.push_back(std::exchange(open, {.stream = chunk.stream, .time = chunk.time}));
  }
  take(std::string_view::npos);
}

void LineMaker::finish(std::vector<LogLines>& lines) {
  for (LogLines& open : open_) {
    if (!open.text.empty()) {
      lines.push_back(std::exchange(open, {}));
    }
  }
}

std::vector<LogLines> select_lines(std::vector<LogLines> lines, const LogSelection& selection) {
  // Each stream is in order by itself; lines of the same moment keep the order in which they came.
  std::stable_sort(lines.begin(), lines.end(), [](const LogLines& a, const LogLines& b) { return a.time < b.time; });
  if (selection.since) {
    lines.erase(
        std::remove_if(lines.begin(), lines.end(), [&](const LogLines& some) { return some.time < *selection.since; }),
        lines.end());
  }
  if (selection.tail) {
    keep_tail(lines, *selection.tail);
  }
  return lines;
}

std::string shown(const LogLines& lines, bool timestamps) {
  if (!timestamps) {
    return lines.text;
  }
  constexpr std::int64_t k_second = 1'000'000'000;
  const std::time_t seconds = lines.time.count() / k_second;
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  const std::string time =
      fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:09}Z ", utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday,
                  utc.tm_hour, utc.tm_min, utc.tm_sec, lines.time.count() % k_second);
  std::string text;
  for (std::string_view rest = lines.text; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size() - 1) + 1;
    text.append(time).append(rest.substr(0, end));
    rest.remove_prefix(end);
  }
  return text;
}

std::optional<std::size_t> parse_tail(const std::string& text) {
  if (text == "all") {
    return std::nullopt;
  }
  const std::optional<std::size_t> number = base::parse_number<std::size_t>(text);
  if (!number) {
    throw base::Error(base::ErrorKind::invalid_value, "invalid value for --tail: \"" + base::printable(text) +
                                                          "\" (must be a number of lines, or all)");
  }
  return number;
}

}  // namespace docker_sandbox::cli

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

void LineMaker::add(const sandbox::LogChunk& chunk, std::vector<LogLine>& lines) {
  LogLine& open = open_[chunk.stream == engine::OutputStream::out ? 0 : 1];
  std::string_view text = chunk.text;
  while (!text.empty()) {
    if (open.text.empty()) {
      open.stream = chunk.stream;
      open.time = chunk.time;
    }
    const std::size_t end = text.find('\n');
    const std::size_t count = end == std::string_view::npos ? text.size() : end + 1;
    open.text += text.substr(0, count);
    text.remove_prefix(count);
    if (end != std::string_view::npos) {
      lines.push_back(std::exchange(open, {}));
    }
  }
}

void LineMaker::finish(std::vector<LogLine>& lines) {
  for (LogLine& open : open_) {
    if (!open.text.empty()) {
      lines.push_back(std::exchange(open, {}));
    }
  }
}

std::vector<LogLine> select_lines(std::vector<LogLine> lines, const LogSelection& selection) {
  // Each stream is in order by itself; lines of the same moment keep the order in which they came.
  std::stable_sort(lines.begin(), lines.end(), [](const LogLine& a, const LogLine& b) { return a.time < b.time; });
  if (selection.since) {
    lines.erase(
        std::remove_if(lines.begin(), lines.end(), [&](const LogLine& line) { return line.time < *selection.since; }),
        lines.end());
  }
  if (selection.tail && lines.size() > *selection.tail) {
    lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(*selection.tail));
  }
  return lines;
}

std::string shown(const LogLine& line, bool timestamps) {
  if (!timestamps) {
    return line.text;
  }
  constexpr std::int64_t k_second = 1'000'000'000;
  const std::time_t seconds = line.time.count() / k_second;
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:09}Z {}", utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday,
                     utc.tm_hour, utc.tm_min, utc.tm_sec, line.time.count() % k_second, line.text);
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

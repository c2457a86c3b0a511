// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/base/time.hpp"

#include <array>
#include <cstdint>
#include <ctime>
#include <utility>

namespace docker_sandbox::base {
namespace {

using std::chrono::nanoseconds;

constexpr std::int64_t k_per_second = 1'000'000'000;
constexpr std::int64_t k_per_minute = 60 * k_per_second;
constexpr std::int64_t k_per_hour = 60 * k_per_minute;
constexpr std::int64_t k_limit = k_furthest_time.count();

/// Reads a text from left to right; each method takes something off its front or leaves it alone.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }

  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) {
      return false;
    }
    rest_.remove_prefix(1);
    return true;
  }

  bool take(std::string_view word) {
    if (rest_.substr(0, word.size()) != word) {
      return false;
    }
    rest_.remove_prefix(word.size());
    return true;
  }

  /// Exactly `digits` digits.
  std::optional<int> number(std::size_t digits) {
    if (rest_.size() < digits) {
      return std::nullopt;
    }
    int value = 0;
    for (const char c : rest_.substr(0, digits)) {
      if (c < '0' || c > '9') {
        return std::nullopt;
      }
      value = value * 10 + (c - '0');
    }
    rest_.remove_prefix(digits);
    return value;
  }

  /// One digit or more, as long as the value stays below the limit.
  std::optional<std::int64_t> whole() {
    std::optional<std::int64_t> value;
    while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9') {
      value = value.value_or(0) * 10 + (rest_.front() - '0');
      if (*value > k_limit / 16) {
        return std::nullopt;
      }
      rest_.remove_prefix(1);
    }
    return value;
  }

  /// Digits behind a point, as billionths; further digits are dropped. Nothing when there is no digit.
  std::optional<std::int64_t> billionths() {
    std::int64_t value = 0;
    std::int64_t unit = k_per_second;
    bool any = false;
    for (; !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9'; rest_.remove_prefix(1)) {
      any = true;
      unit /= 10;
      value += unit * (rest_.front() - '0');
    }
    return any ? std::optional(value) : std::nullopt;
  }

 private:
  std::string_view rest_;
};

struct CalendarTime {
  std::tm fields{};
  std::int64_t fraction = 0;
};

bool take_date(Reader& reader, std::tm& fields) {
  const auto year = reader.number(4);
  if (!year || !reader.take('-')) {
    return false;
  }
  const auto month = reader.number(2);
  if (!month || !reader.take('-')) {
    return false;
  }
  const auto day = reader.number(2);
  if (!day || !(std::chrono::year(*year) / *month / *day).ok()) {
    return false;
  }
  fields.tm_year = *year - 1900;
  fields.tm_mon = *month - 1;
  fields.tm_mday = *day;
  return true;
}

enum class Seconds { required, optional };

bool take_clock(Reader& reader, CalendarTime& time, Seconds seconds) {
  const auto hour = reader.number(2);
  if (!hour || *hour > 23 || !reader.take(':')) {
    return false;
  }
  const auto minute = reader.number(2);
  if (!minute || *minute > 59) {
    return false;
  }
  time.fields.tm_hour = *hour;
  time.fields.tm_min = *minute;
  if (!reader.take(':')) {
    return seconds == Seconds::optional;
  }
  const auto second = reader.number(2);
  if (!second || *second > 60) {
    return false;
  }
  time.fields.tm_sec = *second;
  if (reader.take('.')) {
    const auto fraction = reader.billionths();
    time.fraction = fraction.value_or(0);
    return fraction.has_value();
  }
  return true;
}

/// "Z" or "+hh:mm" as what is to be added to get UTC.
std::optional<std::int64_t> take_zone(Reader& reader) {
  if (reader.take('Z') || reader.take('z')) {
    return 0;
  }
  const bool east = reader.take('+');
  if (!east && !reader.take('-')) {
    return std::nullopt;
  }
  const auto hours = reader.number(2);
  if (!hours || !reader.take(':')) {
    return std::nullopt;
  }
  const auto minutes = reader.number(2);
  if (!minutes || *hours > 24 || *minutes > 59) {
    return std::nullopt;
  }
  const std::int64_t offset = *hours * k_per_hour + *minutes * k_per_minute;
  return east ? -offset : offset;
}

std::optional<UnixTime> in_range(std::int64_t seconds, std::int64_t fraction) {
  if (seconds > k_limit / k_per_second || seconds < -k_limit / k_per_second) {
    return std::nullopt;
  }
  return UnixTime(seconds * k_per_second + fraction);
}

std::optional<UnixTime> parse_calendar(std::string_view text) {
  Reader reader(text);
  CalendarTime time;
  if (!take_date(reader, time.fields)) {
    return std::nullopt;
  }
  if (reader.take('T') && !take_clock(reader, time, Seconds::optional)) {
    return std::nullopt;
  }
  if (reader.at_end()) {
    time.fields.tm_isdst = -1;
    return in_range(::mktime(&time.fields), time.fraction);
  }
  const auto zone = take_zone(reader);
  const auto local = in_range(::timegm(&time.fields), time.fraction);
  return zone && local && reader.at_end() ? std::optional(*local + nanoseconds(*zone)) : std::nullopt;
}

std::optional<UnixTime> parse_seconds(std::string_view text) {
  Reader reader(text);
  const auto seconds = reader.whole();
  std::int64_t fraction = 0;
  if (seconds && reader.take('.')) {
    const auto digits = reader.billionths();
    if (!digits) {
      return std::nullopt;
    }
    fraction = *digits;
  }
  return seconds && reader.at_end() ? in_range(*seconds, fraction) : std::nullopt;
}

/// Go's time.ParseDuration.
std::optional<nanoseconds> parse_duration(std::string_view text) {
  // "ms" stands before "m", which is its beginning.
  static constexpr std::array<std::pair<std::string_view, std::int64_t>, 7> k_units{{{"ns", 1},
                                                                                     {"us", 1'000},
                                                                                     {"µs", 1'000},
                                                                                     {"ms", 1'000'000},
                                                                                     {"s", k_per_second},
                                                                                     {"m", k_per_minute},
                                                                                     {"h", k_per_hour}}};
  Reader reader(text);
  const bool negative = reader.take('-');
  if (!negative) {
    reader.take('+');
  }
  double total = 0;
  do {
    const auto whole = reader.whole();
    std::optional<std::int64_t> fraction;
    if (reader.take('.')) {
      fraction = reader.billionths();
    }
    if (!whole && !fraction) {
      return std::nullopt;
    }
    std::int64_t unit = 0;
    for (const auto& [name, length] : k_units) {
      if (reader.take(name)) {
        unit = length;
        break;
      }
    }
    if (unit == 0) {
      return std::nullopt;
    }
    total += (static_cast<double>(whole.value_or(0)) +
              static_cast<double>(fraction.value_or(0)) / static_cast<double>(k_per_second)) *
             static_cast<double>(unit);
  } while (!reader.at_end());
  if (total > static_cast<double>(k_limit)) {
    return std::nullopt;
  }
  return nanoseconds(static_cast<std::int64_t>(negative ? -total : total));
}

}  // namespace

std::optional<UnixTime> parse_rfc3339(std::string_view text) {
  Reader reader(text);
  CalendarTime time;
  if (!take_date(reader, time.fields) || !reader.take('T') || !take_clock(reader, time, Seconds::required)) {
    return std::nullopt;
  }
  const auto zone = take_zone(reader);
  const auto local = in_range(::timegm(&time.fields), time.fraction);
  return zone && local && reader.at_end() ? std::optional(*local + nanoseconds(*zone)) : std::nullopt;
}

std::optional<UnixTime> parse_docker_time(std::string_view text, UnixTime now) {
  if (const auto duration = parse_duration(text)) {
    return now - *duration;
  }
  if (const auto time = parse_calendar(text)) {
    return time;
  }
  return parse_seconds(text);
}

}  // namespace docker_sandbox::base

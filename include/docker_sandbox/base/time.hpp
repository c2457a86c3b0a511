// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

/// Points in time as the Engine API and the docker CLI's options write them.
namespace docker_sandbox::base {

/// Nanoseconds since 1970 in UTC.
using UnixTime = std::chrono::nanoseconds;

/// No point in time that came from outside is further from 1970, 146 years: no sum of two overflows.
inline constexpr UnixTime k_furthest_time{INT64_MAX / 2};

/// A time of RFC 3339 ("2026-01-31T12:00:00.5Z", "…+02:00"); nothing when it is none.
std::optional<UnixTime> parse_rfc3339(std::string_view text);

/// What docker's `until` and `since` options take: a time of RFC 3339, also without zone (then local), seconds or fraction
/// ("2026-01-31T12:00", "2026-01-31"), seconds since 1970 with an optional fraction, or a duration before `now` in Go's
/// notation ("1h30m", "10m", "1.5h"). Nothing when it is none of these.
std::optional<UnixTime> parse_docker_time(std::string_view text, UnixTime now);

}  // namespace docker_sandbox::base

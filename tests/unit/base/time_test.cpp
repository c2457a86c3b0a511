// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/base/time.hpp"

#include "support/time_zone.hpp"

#include <gtest/gtest.h>

namespace docker_sandbox::base {
namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr UnixTime k_noon_2026_01_31 = seconds(1769860800);

TEST(Rfc3339, IsReadWithFractionAndZone) {
  EXPECT_EQ(parse_rfc3339("2026-01-31T12:00:00Z"), k_noon_2026_01_31);
  EXPECT_EQ(parse_rfc3339("2026-01-31T12:00:00.000000001Z"), k_noon_2026_01_31 + nanoseconds(1));
  EXPECT_EQ(parse_rfc3339("2026-01-31T14:00:00.5+02:00"), k_noon_2026_01_31 + nanoseconds(500'000'000));
  EXPECT_EQ(parse_rfc3339("2026-01-31T06:30:00-05:30"), k_noon_2026_01_31);
  EXPECT_TRUE(parse_rfc3339("2024-02-29T00:00:00Z"));
  EXPECT_EQ(parse_rfc3339("0001-01-01T00:00:00Z"), std::nullopt)
      << "what engines say for never is before any time of ours";
}

TEST(Rfc3339, IsRefusedWhenMalformed) {
  for (const char* bad :
       {"", "2026", "2026-01-31", "2026-01-31T12:00:00", "2026-01-31 12:00:00Z", "2026-13-31T12:00:00Z",
        "2026-01-31T24:00:00Z", "2026-01-31T12:00Z", "2026-01-31T12:00:00.Z", "2026-01-31T12:00:00Zx",
        "2026-02-29T12:00:00Z", "2026-04-31T12:00:00Z", "2026-00-01T12:00:00Z", "2026-01-00T12:00:00Z",
        "2026-01-31T12:00:00+99:00", "2026-01-31T12:00:00+01:60"}) {
    EXPECT_EQ(parse_rfc3339(bad), std::nullopt) << bad;
  }
}

TEST(DockerTime, TakesDurationsBeforeNow) {
  const UnixTime now = k_noon_2026_01_31;
  EXPECT_EQ(parse_docker_time("10m", now), now - seconds(600));
  EXPECT_EQ(parse_docker_time("1h30m", now), now - seconds(5400));
  EXPECT_EQ(parse_docker_time("1.5h", now), now - seconds(5400));
  EXPECT_EQ(parse_docker_time("500ms", now), now - nanoseconds(500'000'000));
  EXPECT_EQ(parse_docker_time("-1h", now), now + seconds(3600));
  EXPECT_EQ(parse_docker_time("0s", now), now);
}

TEST(DockerTime, TakesPointsInTime) {
  const support::TimeZone zone("UTC-2");  // two hours east
  const UnixTime now{};
  EXPECT_EQ(parse_docker_time("2026-01-31T12:00:00Z", now), k_noon_2026_01_31);
  EXPECT_EQ(parse_docker_time("2026-01-31T14:00:00", now), k_noon_2026_01_31);
  EXPECT_EQ(parse_docker_time("2026-01-31T14:00", now), k_noon_2026_01_31);
  EXPECT_EQ(parse_docker_time("2026-01-31", now), k_noon_2026_01_31 - seconds(14 * 3600));
  EXPECT_EQ(parse_docker_time("1769860800", now), k_noon_2026_01_31);
  EXPECT_EQ(parse_docker_time("1769860800.25", now), k_noon_2026_01_31 + nanoseconds(250'000'000));
}

TEST(DockerTime, RefusesTheRest) {
  for (const char* bad :
       {"", "h", "x", "10x", "10m5", "1769860800.", "99999999999999999999", "2026-01-31T", "2026-02-30", "yesterday"}) {
    EXPECT_EQ(parse_docker_time(bad, {}), std::nullopt) << bad;
  }
}

}  // namespace
}  // namespace docker_sandbox::base

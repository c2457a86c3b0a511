// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/engine/pull_progress.hpp"

#include "support/errors.hpp"
#include "support/pieces.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace docker_sandbox::engine {
namespace {

std::vector<PullEvent> events_of(const std::string& bytes, std::size_t step) {
  std::vector<PullEvent> events;
  PullStream stream([&](const PullEvent& event) { events.push_back(event); });
  support::in_pieces(bytes, step, [&](std::string_view part) { stream.feed(part); });
  stream.finish();
  return events;
}

TEST(PullStream, ObjectsMayBeCutAnywhere) {
  const std::string bytes =
      "{\"status\":\"Pulling from x\",\"id\":\"1\"}\r\n"
      "{\"status\":\"Downloading\",\"progressDetail\":{\"current\":5,\"total\":10},\"id\":\"62d\"}\r\n{\"status\":"
      "\"done\"}";
  for (const std::size_t step : {1U, 7U, 1000U}) {
    const std::vector<PullEvent> events = events_of(bytes, step);
    ASSERT_EQ(events.size(), 3U);
    EXPECT_EQ(events[1].id, "62d");
    EXPECT_EQ(events[1].current, 5);
    EXPECT_EQ(events[1].total, 10);
    EXPECT_TRUE(events[1].has_progress);
    EXPECT_EQ(events[2].status, "done");
    EXPECT_FALSE(events[2].has_progress);
  }
}

TEST(PullStream, AFailureInsideTheStreamIsAFailure) {
  for (const char* line : {R"({"errorDetail":{"message":"boom"},"error":"boom"})", R"({"error":"boom"})",
                           R"({"errorDetail":{"message":"boom"}})"}) {
    EXPECT_EQ(support::message_of([&] { events_of(line, 1000); }, base::ErrorKind::engine_failure),
              "Error response from daemon: boom")
        << line;
  }
}

TEST(PullStream, RubbishIsRefused) {
  EXPECT_THROW(events_of("<html>\n", 3), base::Error);
  EXPECT_THROW(events_of("[1]\n", 3), base::Error);
  EXPECT_THROW(events_of(std::string(2 * 1024 * 1024, 'x'), 4096), base::Error);
}

TEST(PullStream, SizesAreSuchAsCanBeReckonedWith) {
  for (const char* huge : {"9223372036854775807", "18446744073709551615"}) {
    const std::vector<PullEvent> events =
        events_of(std::string(R"({"id":"1","progressDetail":{"current":)") + huge + R"(,"total":-5}})", 1000);
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].current, k_largest_layer);
    EXPECT_EQ(events[0].total, 0);
  }
}

TEST(PullStream, LayersWithoutEndAreRefused) {
  std::string layers;
  for (int i = 0; i < 2000; ++i) {
    layers += R"({"status":"Waiting","id":")" + std::to_string(i) + "\"}\n";
  }
  EXPECT_THROW(events_of(layers, 4096), base::Error);
  EXPECT_THROW(events_of(R"({"id":")" + std::string(1000, 'x') + "\"}", 4096), base::Error);
}

}  // namespace
}  // namespace docker_sandbox::engine

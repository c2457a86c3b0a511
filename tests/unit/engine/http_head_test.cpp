// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/engine/http_head.hpp"

#include "docker_sandbox/base/error.hpp"

#include <gtest/gtest.h>

namespace docker_sandbox::engine {
namespace {

constexpr std::string_view k_upgraded =
    "HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\nConnection: Upgrade\r\n\r\n";

TEST(ParseHttpHead, LeavesTheBytesBehindTheHeadToTheSession) {
  const auto head = parse_http_head(std::string(k_upgraded) + "early");
  ASSERT_TRUE(head);
  EXPECT_EQ(head->status, 101);
  EXPECT_EQ(head->size, k_upgraded.size());
  EXPECT_EQ(head->headers.at("content-type"), "application/vnd.docker.raw-stream");
}

TEST(ParseHttpHead, WaitsForTheRestWhereverTheHeadIsCut) {
  for (std::size_t length = 0; length < k_upgraded.size(); ++length) {
    EXPECT_FALSE(parse_http_head(k_upgraded.substr(0, length))) << length;
  }
}

TEST(ParseHttpHead, TakesAStatusLineWithoutAReason) {
  EXPECT_EQ(parse_http_head("HTTP/1.0 404\r\n\r\n")->status, 404);
}

TEST(ParseHttpHead, RefusesWhatIsNotHttpAtTheFirstByte) {
  EXPECT_THROW(parse_http_head("\x16"), base::Error);
  EXPECT_THROW(parse_http_head("HTTP/2 200\r\n\r\n"), base::Error);
  EXPECT_THROW(parse_http_head("HTTP/1.1 1x1 UPGRADED\r\n\r\n"), base::Error);
  EXPECT_THROW(parse_http_head("HTTP/1.1 10\r\n\r\n"), base::Error);
}

TEST(ParseHttpHead, RefusesAHeadWithoutAnEnd) {
  EXPECT_THROW(parse_http_head("HTTP/1.1 200 OK\r\nX: " + std::string(k_max_http_head, 'x')), base::Error);
}

}  // namespace
}  // namespace docker_sandbox::engine

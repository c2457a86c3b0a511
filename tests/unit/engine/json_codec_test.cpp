// SPDX-License-Identifier: Apache-2.0
#include "json_codec.hpp"
#include "docker_sandbox/base/error.hpp"
#include "support/errors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace docker_sandbox::engine::json_codec {
namespace {

using support::error_of;
using testing::HasSubstr;

TEST(JsonCodec, ValuesThatAreNestedDeeplyNeedNoStack) {
  constexpr std::size_t k_levels = 50'000;
  const std::string deep = std::string(k_levels, '[') + std::string(k_levels, ']');
  EXPECT_NO_THROW(decode_container(R"({"Id":"a","Other":)" + deep + "}", "GET"));
  EXPECT_NO_THROW(decode_container(R"({"Id":"a","Mounts":)" + deep + "}", "GET"));
  EXPECT_NO_THROW(decode_image_tags(deep, "GET"));
  EXPECT_TRUE(error_of([&] { decode_container(R"({"Id":"a","Config":{"Labels":{"b":)" + deep + "}}}", "GET"); }));
  EXPECT_EQ(decode_message(deep), deep);
}

TEST(JsonCodec, MoreValuesThanAnyAnswerHasAreRefusedBeforeTheyFillTheMemory) {
  constexpr std::size_t k_many = 2'000'000;
  const std::string deep(k_many, '[');
  const auto error = error_of([&] { decode_image_tags(deep, "GET"); });
  ASSERT_TRUE(error);
  EXPECT_THAT(error->what(), HasSubstr("it has too many values"));
  EXPECT_EQ(decode_message(deep).size(), k_many);
  std::string wide = R"({"Id":"a","Other":[)";
  while (wide.size() < k_many) {
    wide += "[],";
  }
  EXPECT_TRUE(error_of([&] { decode_container(wide + "0]}", "GET"); }));
}

TEST(JsonCodec, WhatIsNoListIsRefused) {
  for (const char* value : {"{}", "\"a\"", "1", "true"}) {
    const auto mounts = error_of([&] { decode_container(std::string(R"({"Id":"a","Mounts":)") + value + "}", "GET"); });
    ASSERT_TRUE(mounts) << value;
    EXPECT_EQ(mounts->kind(), base::ErrorKind::engine_protocol);
    EXPECT_THAT(mounts->what(), HasSubstr("type must be array, but is "));
    EXPECT_TRUE(error_of([&] { decode_image_tags(value, "GET"); })) << value;
  }
  EXPECT_TRUE(decode_container(R"({"Id":"a","Mounts":null})", "GET").mounts.empty());
}

TEST(JsonCodec, AnIdIsNeverEmpty) {
  const std::string answer = R"({"Id":""})";
  EXPECT_TRUE(error_of([&] { decode_container(answer, "GET"); }));
  EXPECT_TRUE(error_of([&] { decode_image(answer, "GET"); }));
  EXPECT_TRUE(error_of([&] { decode_created(answer, "GET"); }));
  EXPECT_TRUE(error_of([&] { decode_id(answer, "GET"); }));
}

TEST(JsonCodec, NumbersThatDoNotFitAreRefused) {
  for (const char* number : {"4294967296", "-2147483649", "99999999999999999999", "1e300", "0.5", "true", "\"0\""}) {
    const auto error = error_of([&] { decode_exec(R"({"ExitCode":)" + std::string(number) + "}", "GET"); });
    ASSERT_TRUE(error) << number;
    EXPECT_EQ(error->kind(), base::ErrorKind::engine_protocol);
    EXPECT_THAT(error->what(), HasSubstr("ExitCode must be a whole number")) << number;
  }
  EXPECT_EQ(decode_exec(R"({"ExitCode":-1,"Pid":9223372036854775807})", "GET").exit_code, -1);
  EXPECT_EQ(decode_exec(R"({"ExitCode":null})", "GET").exit_code, 0);
}

}  // namespace
}  // namespace docker_sandbox::engine::json_codec

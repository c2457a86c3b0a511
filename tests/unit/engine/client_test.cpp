// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/engine/client.hpp"

#include <gtest/gtest.h>

namespace docker_sandbox::engine {
namespace {

TEST(ParseApiVersion, TakesMajorAndMinorWithOrWithoutAV) {
  EXPECT_EQ(parse_api_version("1.41"), (ApiVersion{1, 41}));
  EXPECT_EQ(parse_api_version(" v1.47\n"), (ApiVersion{1, 47}));
  for (const char* text : {"", "1", "1.", ".4", "1.x", "-1.4", "1.4.1"}) {
    EXPECT_EQ(parse_api_version(text), std::nullopt) << text;
  }
}

TEST(ApiVersion, ComparesTheMinorAsANumber) {
  EXPECT_LT((ApiVersion{1, 9}), (ApiVersion{1, 41}));
}

struct ReferenceCase {
  const char* reference;
  const char* name;
  const char* tag;
};

class SplitReference : public testing::TestWithParam<ReferenceCase> {};

TEST_P(SplitReference, SeparatesTheTagFromTheName) {
  const PullReference pull = split_reference(GetParam().reference);
  EXPECT_EQ(pull.name, GetParam().name);
  EXPECT_EQ(pull.tag, GetParam().tag);
}

INSTANTIATE_TEST_SUITE_P(Forms, SplitReference,
                         testing::Values(ReferenceCase{"ubuntu", "ubuntu", "latest"},
                                         ReferenceCase{"a/b:c", "a/b", "c"},
                                         ReferenceCase{"host:5000/a", "host:5000/a", "latest"},
                                         ReferenceCase{"host:5000/a:1", "host:5000/a", "1"},
                                         ReferenceCase{"a@sha256:12", "a", "sha256:12"},
                                         ReferenceCase{"h:1/a:t@sha256:12", "h:1/a", "sha256:12"}));

}  // namespace
}  // namespace docker_sandbox::engine

// SPDX-License-Identifier: Apache-2.0
// Every build feeds the corpora to the targets, the sanitizers' builds too: what the fuzzer has once found stays found.
#include "fuzz_target.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace docker_sandbox::fuzz {
namespace {

const std::filesystem::path k_corpora = DOCKER_SANDBOX_CORPORA;

class Corpus : public testing::TestWithParam<Target> {};

TEST_P(Corpus, IsTakenWithoutAComplaint) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(k_corpora / GetParam().name)) {
    SCOPED_TRACE(entry.path().string());
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    EXPECT_NO_THROW(feed(GetParam(), bytes));
    ++count;
  }
  EXPECT_GT(count, 0U) << "there is no corpus";
}

INSTANTIATE_TEST_SUITE_P(Targets, Corpus, testing::ValuesIn(targets()),
                         [](const testing::TestParamInfo<Target>& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace docker_sandbox::fuzz

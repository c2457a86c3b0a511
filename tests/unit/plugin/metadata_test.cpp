// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/plugin/metadata.hpp"

#include "docker_sandbox/base/version.hpp"
#include "docker_sandbox/os/unique_fd.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <array>
#include <string>

namespace docker_sandbox::plugin {
namespace {

TEST(Metadata, IsOneJsonObjectWithWhatDockerRequires) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const os::UniqueFd reader(ends[0]);
  {
    const os::UniqueFd writer(ends[1]);
    EXPECT_EQ(answer_metadata(writer.get()), 0);
  }
  std::array<char, 1024> buffer{};
  const ssize_t size = ::read(reader.get(), buffer.data(), buffer.size());
  ASSERT_GT(size, 0);
  EXPECT_EQ(std::string(buffer.data(), static_cast<std::size_t>(size)),
            std::string(R"({"SchemaVersion":"0.1.0","Vendor":"docker-sandbox","Version":")") + base::k_version +
                R"(","ShortDescription":"Docker Sandbox"})" + "\n");
}

TEST(Metadata, FailsWhenNobodyTakesIt) {
  EXPECT_EQ(answer_metadata(-1), 1);
}

}  // namespace
}  // namespace docker_sandbox::plugin

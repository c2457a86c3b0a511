// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/sandbox/checked_mounts.hpp"
#include "docker_sandbox/base/error.hpp"
#include "support/private_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace docker_sandbox::sandbox {
namespace {

constexpr const char* k_own =
    "20 1 8:1 / / rw - ext4 /dev/sda1 rw\n"
    "21 20 0:30 / /tmp rw - tmpfs tmpfs rw\n";

const std::vector<CheckedMount> k_checked{{"/work", {"8:1", "/work"}}, {"/with space", {"8:1", "/b"}}};

std::optional<std::string> find(const std::string& inside) {
  return find_other_mount(k_checked, inside, k_own);
}

TEST(CheckedMounts, ThatAreWhatWasCheckedAreFine) {
  EXPECT_FALSE(
      find("30 29 8:1 /work /work rw - ext4 /dev/sda1 rw\n31 29 8:1 /b /with\\040space rw - ext4 /dev/sda1 rw\n"));
}

TEST(CheckedMounts, OfAnotherDirectoryOfThatFileSystemAreNot) {
  EXPECT_EQ(find("30 29 8:1 /root/.ssh /work rw - ext4 /dev/sda1 rw\n"), "/work");
  EXPECT_EQ(find("30 29 8:1 /c /with\\040space rw - ext4 /dev/sda1 rw\n"), "/with space");
}

TEST(CheckedMounts, OfAnotherFileSystemThatIsKnownHereAreNot) {
  EXPECT_EQ(find("30 29 0:30 /work /work rw - tmpfs tmpfs rw\n"), "/work");
}

TEST(CheckedMounts, OfAFileSystemThatOnlyTheEngineSeesSayNothing) {
  EXPECT_FALSE(find("30 29 0:77 /other /work rw - 9p host rw\n"));
}

TEST(CheckedMounts, ThatAreNotInTheTableSayNothing) {
  EXPECT_FALSE(find(""));
  EXPECT_FALSE(find("30 29 8:1 /x /somewhere rw - ext4 /dev/sda1 rw\n"));
}

TEST(CheckedMounts, TheLastMountOnAPointCounts) {
  EXPECT_EQ(find("30 29 8:1 /work /work rw - ext4 /dev/sda1 rw\n31 30 8:1 /etc /work rw - ext4 /dev/sda1 rw\n"),
            "/work");
}

TEST(CheckedMounts, OfAnotherKernelSayNothing) {
  const std::string other = "30 29 8:1 /etc /work rw - ext4 /dev/sda1 rw\n";
  EXPECT_NO_THROW(refuse_other_mounts(k_checked, "another-kernel", other));
  EXPECT_THROW(refuse_other_mounts(k_checked, os::running_kernel(), other), base::Error);
}

TEST(CheckedMounts, AreThoseOfDirectories) {
  using engine::MountRequest;
  const auto checked = checked_mounts({{.type = MountRequest::Type::volume, .source = "name", .target = "/v"},
                                       {.type = MountRequest::Type::bind, .source = "/etc/passwd", .target = "/f"},
                                       {.type = MountRequest::Type::bind, .source = "/nothing/at/all", .target = "/s"},
                                       {.type = MountRequest::Type::bind, .source = "/etc", .target = "/d"}},
                                      "/nothing/at/all");
  ASSERT_EQ(checked.size(), 1U);
  EXPECT_EQ(checked[0].target, "/d");
}

TEST(CheckedMounts, AreNoneOfLinksOrOfNothing) {
  const support::PrivateDirectory directory;
  const std::filesystem::path place = directory.path();
  std::filesystem::create_directories(place / "real/inner");
  std::filesystem::create_directory_symlink(place / "real", place / "link");
  const auto check = [&](const char* source) {
    return checked_mounts({{.type = engine::MountRequest::Type::bind, .source = place / source, .target = "/d"}}, {});
  };
  EXPECT_EQ(check("real/inner").size(), 1U);
  for (const char* source : {"link", "link/inner", "nothing", "real/inner/nothing"}) {
    EXPECT_THROW(check(source), base::Error) << source;
  }
}

}  // namespace
}  // namespace docker_sandbox::sandbox

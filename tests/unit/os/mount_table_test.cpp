// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/os/mount_table.hpp"

#include "support/private_directory.hpp"

#include <gtest/gtest.h>

#include <filesystem>

namespace docker_sandbox::os {
namespace {

TEST(MountTable, IsReadLineByLine) {
  const auto entries = parse_mount_table(
      "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue\n"
      "nonsense\n"
      "\n"
      "40 36 0:25 / /a\\040b\\134\\012c rw - tmpfs tmpfs rw\n");
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0].id, 36);
  EXPECT_EQ(entries[0].device, "98:0");
  EXPECT_EQ(entries[0].root, "/mnt1");
  EXPECT_EQ(entries[0].point, "/mnt2");
  EXPECT_FALSE(entries[0].deleted);
  EXPECT_EQ(entries[1].point, "/a b\\\nc");
}

TEST(MountTable, TellsThatADirectoryWasDeleted) {
  const auto entries = parse_mount_table("36 35 98:0 /home/me/p//deleted /home/me/p rw - ext4 /dev/root rw\n");
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_TRUE(entries[0].deleted);
  EXPECT_EQ(entries[0].root, "/home/me/p");
}

TEST(MountTable, OfThisProcessIsReadable) {
  EXPECT_FALSE(parse_mount_table(read_mount_table("self").value_or("")).empty());
  EXPECT_EQ(read_mount_table("no such process"), std::nullopt);
}

/// A fresh directory that is gone with the test.
class Place : public testing::Test {
 protected:
  const support::PrivateDirectory directory_;
  const std::filesystem::path path_ = directory_.path();
};

TEST_F(Place, IsWhereADirectoryIs) {
  const std::string a = path_ / "a b";
  const std::string b = path_ / "b";
  std::filesystem::create_directory(a);
  const auto before = place_of(a);
  ASSERT_TRUE(before);
  EXPECT_EQ(place_of(a), before);
  std::filesystem::rename(a, b);
  std::filesystem::create_directory(a);
  EXPECT_EQ(place_of(a), before) << "a place is where something is, not what it is";
  EXPECT_NE(place_of(b), before);
}

TEST_F(Place, IsNoneOfWhatIsNoDirectory) {
  std::filesystem::create_directory(path_ / "a");
  std::filesystem::create_directory_symlink(path_ / "a", path_ / "link");
  EXPECT_EQ(place_of(path_ / "nothing"), std::nullopt);
  EXPECT_EQ(place_of(path_ / "link"), std::nullopt);
}

TEST_F(Place, IsToldApartFromAPathThatLeadsElsewhere) {
  std::filesystem::create_directories(path_ / "a/b");
  std::filesystem::create_directory_symlink(path_ / "a", path_ / "link");
  EXPECT_TRUE(place_at(path_ / "a/b"));
  EXPECT_FALSE(place_at("/etc/passwd")) << "no directory, and no link";
  EXPECT_THROW(place_at(path_ / "link"), std::system_error);
  EXPECT_THROW(place_at(path_ / "link/b"), std::system_error);
  EXPECT_THROW(place_at(path_ / "nothing"), std::system_error);
}

TEST_F(Place, OfARootHasAPathToo) {
  const auto root = place_of("/");
  ASSERT_TRUE(root);
  EXPECT_EQ(root->path.substr(0, 1), "/");
}

}  // namespace
}  // namespace docker_sandbox::os

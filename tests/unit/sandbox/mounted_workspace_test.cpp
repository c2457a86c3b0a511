// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/sandbox/mounted_workspace.hpp"

#include <gtest/gtest.h>

#include <ostream>

namespace docker_sandbox::sandbox {
namespace {

constexpr const char* k_id = "0123abcd";

struct MountCase {
  const char* rule;
  const char* table;  ///< the workspace's line
  std::optional<os::DirectoryPlace> here;
  bool same_inode;
  MountedWorkspace answer;
};

void PrintTo(const MountCase& mount_case, std::ostream* out) {
  *out << mount_case.rule;
}

class CompareMount : public testing::TestWithParam<MountCase> {};

TEST_P(CompareMount, FollowsTheRule) {
  const std::string table =
      std::string("1 0 8:1 /engine/0123abcd/hostname /etc/hostname rw - ext4 /dev/a rw\n") + GetParam().table;
  const WorkspaceView here{.path = "/w",
                           .place = GetParam().here,
                           .same_inode = GetParam().same_inode,
                           .own_mounts = "1 0 8:1 / / rw - ext4 /dev/a rw\n"};
  EXPECT_EQ(compare_mount(table, k_id, here), GetParam().answer);
}

const os::DirectoryPlace k_here{.device = "8:1", .path = "/home/w"};

INSTANTIATE_TEST_SUITE_P(
    Rules, CompareMount,
    testing::Values(
        MountCase{"the same directory", "2 0 8:1 /home/w /w rw - ext4 /dev/a rw\n", k_here, true,
                  MountedWorkspace::current},
        MountCase{"the same directory, though it is not the one the sandbox was made with",
                  "2 0 8:1 /home/w /w rw - ext4 /dev/a rw\n", k_here, false, MountedWorkspace::current},
        MountCase{"deleted and made again, with the same inode number",
                  "2 0 8:1 /home/w//deleted /w rw - ext4 /dev/a rw\n", k_here, true, MountedWorkspace::stale},
        MountCase{"moved away", "2 0 8:1 /home/moved /w rw - ext4 /dev/a rw\n", k_here, true, MountedWorkspace::stale},
        MountCase{"moved away, and nothing is there", "2 0 8:1 /home/moved /w rw - ext4 /dev/a rw\n", std::nullopt,
                  false, MountedWorkspace::stale},
        MountCase{"deleted, and nothing is there", "2 0 8:7 /home/w//deleted /w rw - ext4 /dev/g rw\n", std::nullopt,
                  false, MountedWorkspace::stale},
        MountCase{"its file system is not mounted here any more", "2 0 8:7 /home/w /w rw - ext4 /dev/g rw\n",
                  std::nullopt, false, MountedWorkspace::unknown},
        MountCase{"another file system is mounted over it", "2 0 8:2 / /w rw - ext4 /dev/b rw\n", k_here, false,
                  MountedWorkspace::stale},
        MountCase{"the engine sees another file system there, and did from the start",
                  "2 0 0:99 /home/w /w rw - overlay overlay rw\n", k_here, true, MountedWorkspace::unknown},
        MountCase{"the last mount on a point covers the others",
                  "2 0 8:1 /other /w rw - ext4 /dev/a rw\n3 2 8:1 /home/w /w rw - ext4 /dev/a rw\n", k_here, true,
                  MountedWorkspace::current},
        MountCase{"not mounted at all", "", k_here, true, MountedWorkspace::unknown}));

TEST(CompareMount, TakesNoOtherProcessForTheContainers) {
  const WorkspaceView here{.path = "/w", .place = k_here, .same_inode = true};
  EXPECT_EQ(compare_mount("2 0 8:1 /home/w//deleted /w rw - ext4 /dev/a rw\n", k_id, here), std::nullopt);
  EXPECT_EQ(compare_mount("", "", here), std::nullopt);
}

}  // namespace
}  // namespace docker_sandbox::sandbox

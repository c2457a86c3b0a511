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

void PrintTo(const MountCase& mount_case, std::ostream* out) { *out << mount_case.rule; }

class CompareMount : public testing::TestWithParam<MountCase> {};

TEST_P(CompareMount, FollowsTheRule) {
  const std::string table =
      std::string("1 0 8:1 /engine/0123abcd/hostname /etc/hostname rw - ext4 /dev/a rw\n") + GetParam().table;
  EXPECT_EQ(compare_mount(table, k_id, "/w", GetParam().here, GetParam().same_inode), GetParam().answer);
}

const os::DirectoryPlace k_here{.device = "8:1", .path = "/home/w"};

INSTANTIATE_TEST_SUITE_P(
    Rules, CompareMount,
    testing::Values(
        MountCase{"the same directory", "2 0 8:1 /home/w /w rw - ext4 /dev/a rw\n", k_here, true, MountedWorkspace::current},
        MountCase{"the same directory, though it is not the one the sandbox was made with",
                  "2 0 8:1 /home/w /w rw - ext4 /dev/a rw\n", k_here, false, MountedWorkspace::current},
        MountCase{"deleted and made again, with the same inode number",
                  "2 0 8:1 /home/w//deleted /w rw - ext4 /dev/a rw\n", k_here, true, MountedWorkspace::stale},
        MountCase{"moved away", "2 0 8:1 /home/moved /w rw - ext4 /dev/a rw\n", k_here, true, MountedWorkspace::stale},
        MountCase{"moved away, and nothing is there", "2 0 8:1 /home/moved /w rw - ext4 /dev/a rw\n", std::nullopt, false,
                  MountedWorkspace::stale},
        MountCase{"another file system is mounted over it", "2 0 8:2 / /w rw - ext4 /dev/b rw\n", k_here, false,
                  MountedWorkspace::stale},
        MountCase{"the engine sees another file system there, and did from the start",
                  "2 0 0:99 /home/w /w rw - overlay overlay rw\n", k_here, true, MountedWorkspace::unknown},
        MountCase{"the last mount on a point covers the others",
                  "2 0 8:1 /other /w rw - ext4 /dev/a rw\n3 2 8:1 /home/w /w rw - ext4 /dev/a rw\n", k_here, true,
                  MountedWorkspace::current},
        MountCase{"not mounted at all", "", k_here, true, MountedWorkspace::unknown}));

TEST(CompareMount, TakesNoOtherProcessForTheContainers) {
  EXPECT_EQ(compare_mount("2 0 8:1 /home/w//deleted /w rw - ext4 /dev/a rw\n", k_id, "/w", k_here, true), std::nullopt);
  EXPECT_EQ(compare_mount("", "", "/w", k_here, true), std::nullopt);
}

TEST(MountedWorkspaces, AreUnknownWhileNothingRuns) {
  EXPECT_EQ(mounted_workspace({.id = k_id}, "/", 1), MountedWorkspace::unknown);
}

TEST(MountedWorkspaces, AreUnknownWhereTheEnginesProcessesAreNotVisible) {
  // This process is not the container's, and the root directory is older than its start.
  const engine::ContainerDetails elsewhere{.id = k_id, .pid = 1, .started_at = "2200-01-01T00:00:00Z"};
  EXPECT_EQ(mounted_workspace(elsewhere, "/", 1), MountedWorkspace::unknown);
}

}  // namespace
}  // namespace docker_sandbox::sandbox

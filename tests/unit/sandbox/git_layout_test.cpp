// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/sandbox/git_layout.hpp"

#include "support/private_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace docker_sandbox::sandbox {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// A repository `main` with a worktree `tree`, written by hand.
class GitLayouts : public testing::Test {
 protected:
  GitLayouts() {
    for (const char* directory : {"main/.git/objects", "main/.git/refs", "main/.git/worktrees/tree", "tree"}) {
      fs::create_directories(root_ / directory);
    }
    write("main/.git/HEAD", "ref: refs/heads/main\n");
    write("main/.git/worktrees/tree/commondir", "../..\n");
    write("main/.git/worktrees/tree/gitdir", (root_ / "tree/.git").string() + "\n");
    write("tree/.git", "gitdir: " + (root_ / "main/.git/worktrees/tree").string() + "\n");
  }

  void write(const std::string& name, const std::string& text) const { std::ofstream(root_ / name) << text; }

  std::vector<std::string> mounts_of(const std::string& workspace) const {
    std::vector<std::string> lines;
    for (const engine::MountRequest& mount : look_at_git((root_ / workspace).string()).mounts) {
      EXPECT_EQ(mount.source, mount.target);
      lines.push_back(fs::relative(mount.target, root_).string() + (mount.read_only ? " ro" : ""));
    }
    return lines;
  }

  const support::PrivateDirectory directory_;
  const fs::path root_ = directory_.path();
};

TEST_F(GitLayouts, OfAPlainRepositoryNeedNothing) {
  EXPECT_THAT(mounts_of("main"), IsEmpty());
  EXPECT_THAT(look_at_git((root_ / "main").string()).warnings, IsEmpty());
}

TEST_F(GitLayouts, OfALinkedWorktreeNeedItsRepositoryWithTheOtherEntriesReadOnly) {
  const auto expected = ElementsAre("main/.git", "main/.git/worktrees ro", "main/.git/worktrees/tree");
  EXPECT_THAT(mounts_of("tree"), expected);
  write("tree/.git", "gitdir: ../main/.git/worktrees/tree\n");
  write("main/.git/worktrees/tree/gitdir", "../../../../tree/.git\n");
  EXPECT_THAT(mounts_of("tree"), expected);
}

TEST_F(GitLayouts, AreRefusedWhenTheRepositoryDoesNotNameTheWorkspace) {
  write("main/.git/worktrees/tree/gitdir", (root_ / "another/.git").string() + "\n");
  const GitLayout layout = look_at_git((root_ / "tree").string());
  EXPECT_THAT(layout.mounts, IsEmpty());
  EXPECT_THAT(layout.warnings, ElementsAre(HasSubstr("does not point back")));
}

TEST_F(GitLayouts, AreRefusedWhenTheEntryIsNotInTheRepositoryThatItNames) {
  fs::create_directories(root_ / "forged/entry");
  write("forged/entry/commondir", (root_ / "main/.git").string());
  write("forged/entry/gitdir", (root_ / "tree/.git").string());
  write("tree/.git", "gitdir: " + (root_ / "forged/entry").string());
  EXPECT_THAT(mounts_of("tree"), IsEmpty());
}

TEST_F(GitLayouts, SayWhenTheWorkspaceIsOnlyAPartOfARepository) {
  fs::create_directories(root_ / "main/part");
  const GitLayout layout = look_at_git((root_ / "main/part").string());
  EXPECT_THAT(layout.mounts, IsEmpty());
  EXPECT_THAT(layout.warnings, IsEmpty());
  EXPECT_THAT(layout.notes, ElementsAre(HasSubstr((root_ / "main").string())));
}

}  // namespace
}  // namespace docker_sandbox::sandbox

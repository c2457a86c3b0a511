// SPDX-License-Identifier: Apache-2.0
// What a workspace says of git directories elsewhere. The input is three files: the workspace's .git, and the `commondir` and
// `gitdir` of an entry in a repository beside it. "@" stands for the directory that all are in.
#include "docker_sandbox/sandbox/git_layout.hpp"
#include "fuzz_target.hpp"
#include "support/private_directory.hpp"

#include <fstream>

namespace ds = docker_sandbox;

namespace {

struct World {
  World() {
    for (const char* name :
         {"work", "repo/objects", "repo/refs", "repo/worktrees/one", "other/objects", "other/refs"}) {
      directory.make(name);
    }
    for (const char* name : {"repo/HEAD", "other/HEAD"}) {
      std::ofstream(directory.path() + "/" + name) << "ref: refs/heads/main\n";
    }
  }

  void write(const std::string& name, std::string_view text) const {
    std::ofstream file(directory.path() + "/" + name, std::ios::binary);
    for (const char c : text) {
      c == '@' ? file << directory.path() : file << c;
    }
  }

  ds::support::PrivateDirectory directory;
};

}  // namespace

FUZZ_TARGET(git_pointers) {
  static const World world;
  const std::string_view dot_git = ds::fuzz::take_line(bytes);
  world.write("repo/worktrees/one/commondir", ds::fuzz::take_line(bytes));
  world.write("repo/worktrees/one/gitdir", bytes);
  world.write("work/.git", dot_git);
  const std::string repository = world.directory.path() + "/repo";
  for (const auto& mount : ds::sandbox::look_at_git(world.directory.path() + "/work").mounts) {
    ds::fuzz::require(mount.source.compare(0, repository.size(), repository) == 0,
                      "only the repository whose entry names the workspace is mounted");
    ds::fuzz::require(mount.target.front() == '/', "a mount's target is absolute");
  }
}

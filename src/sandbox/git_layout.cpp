// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/sandbox/git_layout.hpp"

#include "docker_sandbox/base/text.hpp"
#include "docker_sandbox/os/file.hpp"
#include "git_command.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>

namespace docker_sandbox::sandbox {
namespace {

namespace fs = std::filesystem;
using engine::MountRequest;

/// A path has at most 4,096 bytes; more than this is no pointer.
constexpr std::size_t k_max_pointer = 8192;

/// The text of a small file without the line end, or nothing.
std::optional<std::string> read_pointer(const fs::path& path) {
  std::string text = os::read_regular_file(path.string(), k_max_pointer).bytes;
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) {
    text.pop_back();
  }
  return text.empty() ? std::nullopt : std::optional(std::move(text));
}

/// `path` from `base`, without "." and "..", but with its symbolic links: as git, which is given the text, sees it.
fs::path from(const fs::path& base, const fs::path& path) {
  fs::path normal = (path.is_absolute() ? path : base / path).lexically_normal();
  return normal.has_filename() ? normal : normal.parent_path();
}

fs::path resolved(const fs::path& path) {
  std::error_code failure;
  const fs::path result = fs::canonical(path, failure);
  return failure ? fs::path() : result;
}

bool is_git_directory(const fs::path& path) {
  std::error_code failure;
  return fs::is_regular_file(path / "HEAD", failure) && fs::is_directory(path / "objects", failure) &&
         fs::is_directory(path / "refs", failure);
}

bool is_within(const fs::path& path, const fs::path& directory) {
  return std::mismatch(directory.begin(), directory.end(), path.begin(), path.end()).first == directory.end();
}

MountRequest bind(const fs::path& source, const fs::path& target, bool read_only = false) {
  return {
      .type = MountRequest::Type::bind, .source = source.string(), .target = target.string(), .read_only = read_only};
}

/// A linked worktree's entry in its repository.
struct WorktreeEntry {
  fs::path entry;       ///< canonical
  fs::path repository;  ///< canonical: the common git directory
};

/// Nothing when `git_directory` is no worktree's entry, or not that of this workspace.
std::optional<WorktreeEntry> worktree_entry(const fs::path& git_directory, const fs::path& workspace) {
  const fs::path entry = resolved(git_directory);
  const std::optional<std::string> common = read_pointer(entry / "commondir");
  const std::optional<std::string> back = read_pointer(entry / "gitdir");
  if (!common || !back) {
    return std::nullopt;
  }
  const fs::path repository = resolved(from(entry, *common));
  // An entry is nowhere but there. Without this rule an entry that the agent forged could name any directory.
  if (repository.empty() || entry.parent_path() != repository / "worktrees" || !is_git_directory(repository)) {
    return std::nullopt;
  }
  const fs::path pointer = from(entry, *back);
  if (pointer.filename() != ".git" || resolved(pointer.parent_path()) != workspace) {
    return std::nullopt;
  }
  return WorktreeEntry{entry, repository};
}

/// Whether `git_directory` is that of a submodule whose work tree is the workspace.
bool is_submodule_of(const fs::path& git_directory, const fs::path& workspace) {
  if (!is_git_directory(git_directory)) {
    return false;
  }
  const os::ProcessResult answer = run_git({"--git-dir", git_directory.string(), "config", "--get", "core.worktree"});
  const std::string tree = answer.out.substr(0, answer.out.find('\n'));
  return answer.status == 0 && !tree.empty() && resolved(from(git_directory, tree)) == workspace;
}

void add_worktree(GitLayout& layout, const WorktreeEntry& found, const fs::path& git_directory) {
  // Where the repository is, and where the text of the .git file leads to it through symbolic links.
  std::vector<fs::path> targets{found.repository};
  const fs::path as_written = git_directory.parent_path().parent_path();
  if (as_written != found.repository && resolved(as_written) == found.repository) {
    targets.push_back(as_written);
  }
  for (const fs::path& target : targets) {
    layout.mounts.push_back(bind(found.repository, target));
    layout.mounts.push_back(bind(found.repository / "worktrees", target / "worktrees", /*read_only=*/true));
    layout.mounts.push_back(bind(found.entry, target / "worktrees" / found.entry.filename()));
  }
}

void add_submodule(GitLayout& layout, const fs::path& git_directory) {
  const fs::path real = resolved(git_directory);
  layout.mounts.push_back(bind(real, real));
  if (real != git_directory) {
    layout.mounts.push_back(bind(real, git_directory));
  }
}

/// The nearest directory above that has a .git, or an empty path.
fs::path repository_above(const fs::path& workspace) {
  std::error_code failure;
  for (fs::path path = workspace; path.has_relative_path();) {
    path = path.parent_path();
    if (fs::exists(path / ".git", failure)) {
      return path;
    }
  }
  return {};
}

}  // namespace

GitLayout look_at_git(const std::string& workspace) {
  GitLayout layout;
  const fs::path root = workspace;
  const std::optional<std::string> text = read_pointer(root / ".git");
  if (!text) {
    std::error_code failure;
    if (!fs::exists(fs::symlink_status(root / ".git", failure))) {
      if (const fs::path above = repository_above(root); !above.empty()) {
        layout.notes.push_back("The workspace is a part of the git repository " + base::printable(above.string()) +
                               ", the rest of which is not in the sandbox: git will not work there.");
      }
    }
    return layout;
  }
  constexpr std::string_view k_key = "gitdir: ";
  if (text->compare(0, k_key.size(), k_key) != 0) {
    layout.warnings.emplace_back(
        "git will not work in the sandbox: the workspace's .git is neither a directory nor a pointer to one");
    return layout;
  }
  const fs::path git_directory = from(root, text->substr(k_key.size()));
  if (is_within(resolved(git_directory), root)) {
    return layout;
  }
  if (const std::optional<WorktreeEntry> found = worktree_entry(git_directory, root)) {
    add_worktree(layout, *found, git_directory);
  } else if (is_submodule_of(git_directory, root)) {
    add_submodule(layout, git_directory);
  } else {
    layout.warnings.push_back("git will not work in the sandbox: the workspace's .git points to " +
                              base::printable(git_directory.string()) +
                              ", which does not point back to the workspace, so it is not mounted");
  }
  return layout;
}

}  // namespace docker_sandbox::sandbox

# SPDX-License-Identifier: Apache-2.0
"""git in a sandbox: who commits, whose repository may be used, and repositories that are not in the workspace."""

import os
import subprocess

import pytest

from conftest import CALLER

pytestmark = pytest.mark.real_agent  # the tiny template has no git


class Git:
    """git on the host, as uid 1000 with a home of its own."""

    def __init__(self, home):
        self.home = home
        home.mkdir(exist_ok=True)
        os.chown(home, CALLER, CALLER)
        self("config", "--global", "user.name", "Host Person", at=home)
        self("config", "--global", "user.email", "host@example.com", at=home)

    def __call__(self, *words, at):
        done = subprocess.run(
            ["git", *map(str, words)],
            cwd=at,
            env={"HOME": str(self.home), "PATH": os.environ["PATH"], "LC_ALL": "C"},
            user=CALLER,
            group=CALLER,
            extra_groups=[],
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    def repository(self, path, *options):
        path.mkdir(parents=True)
        os.chown(path, CALLER, CALLER)
        self("init", "-q", "-b", "main", *options, ".", at=path)
        return path

    def commit(self, path, name):
        (path / name).write_text(name)
        os.chown(path / name, CALLER, CALLER)
        self("add", name, at=path)
        self("commit", "-q", "-m", name, at=path)


@pytest.fixture
def place(test_directory):
    path = test_directory / "place"
    path.mkdir()
    os.chown(path, CALLER, CALLER)
    return path


@pytest.fixture
def git(place):
    return Git(place / "home")


@pytest.fixture
def user(make_cli, git, place, claude_template):
    """uid 1000 with the home that `git` has."""
    cli = make_cli(place, uid=CALLER)
    cli.env["HOME"] = str(git.home)
    return cli


def inside(user, workspace, script, created=True):
    """Runs a script as the agent in the workspace's sandbox."""
    if created:
        user.sandbox("run", "-q", "-d", "claude", cwd=workspace).check()
    return user.sandbox("exec", ".", "sh", "-c", script, cwd=workspace)


def test_the_identity_is_what_git_answers_in_the_workspace(user, git, place):
    work = git.repository(place / "work" / "repository")
    (git.home / "work.config").write_text("[user]\n\temail = \"work \\\"quoted\\\" \\\\ é@example.com\"\n")
    git("config", "--global", f"includeIf.gitdir:{place}/work/.path", "work.config", at=place)
    script = "git config user.name; git config user.email; sudo -n git config user.name; cd /tmp && git config user.name"
    expected = 'Host Person\nwork "quoted" \\ é@example.com\nHost Person\nHost Person\n'
    assert inside(user, work, script).check().out == expected
    assert git("config", "--local", "--list", at=work).count("user.") == 0, "nothing is written into the workspace"


def test_without_an_identity_there_is_none_and_nothing_is_said(user, git, place):
    work = git.repository(place / "repository")
    (git.home / ".gitconfig").unlink()
    made = user.sandbox("run", "-d", "claude", cwd=work).check()
    assert "git" not in made.err, made
    inside(user, work, "git config user.name", created=False).check(1, "")


def test_a_repository_of_somebody_else_is_trusted(make_cli, claude_template, workspaces):
    workspace = workspaces(uid=0)
    subprocess.run(["git", "init", "-q", "."], cwd=workspace, check=True)
    for path, directories, files in os.walk(workspace):
        for name in directories + files:
            os.chown(os.path.join(path, name), 1234, 1234)
    cli = make_cli(workspace)
    cli.sandbox("run", "-q", "-d", "claude").check()
    cli.sandbox("exec", ".", "git", "status", "--short").check(0, "")


WORK = "git status --short && echo change >file && git add file && git commit -q -m inside && git log --format=%s"


def check_work(user, git, workspace):
    ran = inside(user, workspace, WORK).check()
    assert ran.lines[-2:] == ["inside", "first"], ran
    assert git("log", "--format=%s %an", "-1", at=workspace) == "inside Host Person\n"
    assert git("status", "--short", at=workspace) == ""


@pytest.mark.parametrize("pointers", ["absolute", "relative"])
def test_a_linked_worktree_works_inside_and_out(user, git, place, pointers):
    main = git.repository(place / "main")
    git.commit(main, "first")
    linked = place / "deep" / "er" / "linked"
    git("worktree", "add", "-q", "-b", "topic", linked, at=main)
    if pointers == "relative":
        (linked / ".git").write_text("gitdir: ../../../main/.git/worktrees/linked\n")
        (main / ".git/worktrees/linked/gitdir").write_text("../../../../deep/er/linked/.git\n")
    check_work(user, git, linked)
    inside(user, linked, f"ls {main}", created=False).check(0, "", None)
    inside(user, linked, f"ls -a {main}", created=False).check(0, ".\n..\n.git\n")


def test_a_worktree_of_a_bare_repository_works(user, git, place):
    main = git.repository(place / "main")
    git.commit(main, "first")
    git("clone", "-q", "--bare", main, "store.git", at=place)
    git("worktree", "add", "-q", "-b", "topic", place / "store.git" / "tree", at=place / "store.git")
    check_work(user, git, place / "store.git" / "tree")


def test_a_worktree_reached_through_a_symbolic_link_works(user, git, place):
    main = git.repository(place / "real" / "main")
    git.commit(main, "first")
    (place / "link").symlink_to("real")
    git("worktree", "add", "-q", "-b", "topic", place / "linked", at=main)
    (place / "linked" / ".git").write_text(f"gitdir: {place}/link/main/.git/worktrees/linked\n")
    check_work(user, git, place / "linked")


def test_a_submodule_works_inside_and_out(user, git, place):
    other = git.repository(place / "other")
    git.commit(other, "first")
    main = git.repository(place / "main")
    git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", other, "sub", at=main)
    check_work(user, git, main / "sub")
    inside(user, main / "sub", f"ls -A {main}", created=False).check(0, ".git\nsub\n")


def test_pruning_inside_leaves_the_hosts_other_worktrees(user, git, place):
    main = git.repository(place / "main")
    git.commit(main, "first")
    for name in ("mine", "yours"):
        git("worktree", "add", "-q", "-b", name, place / name, at=main)
    before = git("worktree", "list", at=main)
    ran = inside(user, place / "mine", "git worktree list; git worktree prune -v --expire now; git gc --prune=now; git status --short")
    assert str(place / "yours") in ran.out, ran
    assert git("worktree", "list", at=main) == before
    git("status", at=place / "yours")


@pytest.mark.parametrize("forgery", ["no way back", "back to another", "not a repository", "entry elsewhere", "no pointer"])
def test_what_does_not_point_back_is_not_mounted_and_that_is_said(user, git, place, engine, forgery):
    main = git.repository(place / "main")
    git.commit(main, "first")
    git("worktree", "add", "-q", "-b", "other", place / "other", at=main)
    workspace = place / "workspace"
    workspace.mkdir()
    os.chown(workspace, CALLER, CALLER)
    entry = main / ".git" / "worktrees" / "other"
    target = {"no way back": main / ".git", "back to another": entry, "not a repository": git.home}.get(forgery, workspace / "x" / "e")
    if forgery == "entry elsewhere":
        # An agent can make all of this in its workspace, and name any directory as the repository's.
        target.mkdir(parents=True)
        (target / "commondir").write_text(f"{main}/.git\n")
        (target / "gitdir").write_text(f"{workspace}/sub/.git\n")
        workspace = workspace / "sub"
        workspace.mkdir()
        os.chown(workspace, CALLER, CALLER)
    (workspace / ".git").write_text("hello\n" if forgery == "no pointer" else f"gitdir: {target}\n")
    made = user.sandbox("run", "-d", "claude", cwd=workspace).check()
    assert "git will not work in the sandbox" in made.err, made
    mounts = {mount["Destination"] for mount in engine.sandbox()["Mounts"]}
    assert mounts == {str(workspace), "/mnt/claude-data"}


def test_that_only_a_part_of_a_repository_is_there_is_noted(user, git, place):
    main = git.repository(place / "main")
    (main / "part").mkdir()
    os.chown(main / "part", CALLER, CALLER)
    made = user.sandbox("run", "-d", "claude", cwd=main / "part").check()
    assert f"a part of the git repository {main}" in made.err, made


def test_of_a_linked_worktree_too_a_part_is_a_part(user, git, place, engine):
    main = git.repository(place / "main")
    git.commit(main, "first")
    git("worktree", "add", "-q", "-b", "topic", place / "linked", at=main)
    part = place / "linked" / "part"
    part.mkdir()
    os.chown(part, CALLER, CALLER)
    made = user.sandbox("run", "-d", "claude", cwd=part).check()
    assert f"a part of the git repository {place}/linked" in made.err, made
    assert {mount["Destination"] for mount in engine.sandbox()["Mounts"]} == {str(part), "/mnt/claude-data"}
    user.sandbox("exec", ".", "touch", "made", cwd=part).check()
    assert "part/made" in git("status", "--short", "-uall", at=place / "linked")

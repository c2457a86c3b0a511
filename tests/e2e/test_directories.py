# SPDX-License-Identifier: Apache-2.0
"""The directory behind a workspace: made again, moved, gone, on other file systems, with odd names."""

import os
import shutil
import subprocess

import pytest

from conftest import as_paths


# -- the directory --------------------------------------------------------------------------------------------------------


def remake(directory):
    shutil.rmtree(directory)
    directory.mkdir()
    os.chown(directory, 1000, 1000)


def swap(directory):
    """Another directory at the same path; the old one is kept elsewhere."""
    os.rename(directory, directory.parent / "moved")
    directory.mkdir()
    os.chown(directory, 1000, 1000)


@pytest.mark.parametrize("change", [remake, swap])
def test_a_directory_that_was_made_again_is_mounted(cli, sandbox, workspace, clean_engine, change):
    (workspace / "old").touch()
    change(workspace)
    (workspace / "new").touch()
    seen = cli.sandbox("run", "claude", "sh", "ls", cwd=workspace).check(0, "new\n")
    assert "restarted" in seen.err, seen
    assert clean_engine.sandbox()["Id"] == sandbox
    cli.sandbox("run", "claude", "sh", "ls", cwd=workspace).check(0, "new\n", "")


def test_the_note_about_it_is_silent_when_quiet(cli, sandbox, workspace):
    remake(workspace)
    cli.sandbox("run", "-q", "claude", "sh", "ls", cwd=workspace).check(0, "", "")


def test_the_first_directory_is_mounted_again_when_it_comes_back(cli, sandbox, workspace):
    """The label knows its inode number, but another one is mounted."""
    (workspace / "first").touch()
    swap(workspace)
    cli.sandbox("run", "claude", cwd=workspace).check()
    shutil.rmtree(workspace)
    os.rename(workspace.parent / "moved", workspace)
    cli.sandbox("run", "-q", "claude", "sh", "ls", cwd=workspace).check(0, "first\n", "")


def test_a_directory_that_was_made_again_while_stopped_is_mounted_by_the_start(cli, sandbox, workspace):
    cli.sandbox("stop", sandbox).check()
    remake(workspace)
    (workspace / "new").touch()
    cli.sandbox("run", "claude", "sh", "ls", cwd=workspace).check(0, "new\n", "")


def test_a_directory_that_was_made_again_under_a_session_is_refused(cli, sandbox, workspace):
    session = cli.start_sandbox("run", "claude", "wait", "/tmp/end")
    assert session.stdout.readline() == b"waiting\n"
    remake(workspace)
    refused = cli.sandbox("run", "claude", cwd=workspace).check(125)
    assert "session" in refused.err, refused
    assert session.running()
    cli.docker("exec", sandbox, "touch", "/tmp/end").check()
    session.finish().check()
    cli.sandbox("run", "claude", cwd=workspace).check()


def test_a_directory_that_is_gone_is_told_and_its_sandbox_stays(cli, tiny, sandbox, workspace, clean_engine):
    os.rmdir(workspace)
    for place in ({"cwd": workspace.parent}, {"cwd": "/"}):
        told = cli.sandbox("run", "-t", tiny, "-w", str(workspace), "claude", **place).check(125)
        assert str(workspace) in told.err, told
    assert not workspace.exists()
    assert clean_engine.state(sandbox) == "running"
    workspace.mkdir()
    os.chown(workspace, 1000, 1000)
    cli.sandbox("run", "-q", "claude", "sh", "pwd", cwd=workspace).check(0, f"{workspace}\n", "")
    assert clean_engine.sandbox()["Id"] == sandbox


def test_a_directory_on_another_file_system_is_mounted(cli, tiny, sandbox, workspace):
    (workspace / "below").touch()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=777", "tmpfs", str(workspace)], check=True)
    try:
        (workspace / "above").touch()
        mount = f"--volume={workspace}:/w"
        there = cli.docker("run", "--rm", "--init", mount, tiny, "ls", "/w", cwd=workspace).check().out
        entered = cli.sandbox("run", "claude", "sh", "ls", cwd=workspace)
        if there == "above\n":
            entered.check(0, there)
        else:
            # An engine in a mount namespace of its own does not see it: the agent would work where the user does not look.
            entered.check(125, "")
            assert f"the engine has mounted another directory at {workspace}" in entered.err, entered
    finally:
        cli.sandbox("stop", sandbox, cwd="/").check()
        subprocess.run(["umount", str(workspace)], check=True)


def test_a_link_in_place_of_the_directory_leads_to_another_workspace(cli, tiny, sandbox, workspace, clean_engine):
    other = workspace.parent / "other"
    os.rename(workspace, other)
    os.symlink(other, workspace)
    second = cli.sandbox("run", "-d", "-t", tiny, "claude", cwd=workspace).check().last_line
    assert second != sandbox
    assert cli.inspect(second)["workspace"] == str(other)
    cli.sandbox("rm", str(workspace)).check(0, f"{workspace}\n", "")
    assert clean_engine.sandbox()["Id"] == sandbox
    cli.sandbox("rm", str(workspace)).check(0, f"{workspace}\n", "")
    assert not clean_engine.sandboxes()


ODD = ["a b", "quo'te", "tab\there", "back\\slash", "ünï-ço∂é-日本", "#hash %41 $HOME `x`", "colon:in:it", "-rf"]
# From which Podman would read options of the mount, or another directory.
SPLIT = ["a,b=c", "quo\"te", "new\nline"]


@pytest.mark.parametrize("name", as_paths(ODD + SPLIT), ids=range(len(ODD + SPLIT)))
def test_odd_names_are_workspaces_as_any(cli, tiny, workspaces, clean_engine, name):
    directory = workspaces(name)
    made = cli.sandbox("run", "-d", "-t", tiny, "claude", cwd=directory).check().last_line
    cli.sandbox("run", "claude", "sh", "touch here; pwd", cwd=directory).check(0, f"{directory}\n", "")
    assert (directory / "here").exists()
    assert clean_engine.sandbox()["Id"] == made
    remake(directory)
    cli.sandbox("run", "claude", "sh", "touch again", cwd=directory).check()
    assert os.listdir(directory) == ["again"]
    table = cli.sandbox("ls", "--no-trunc").check()
    assert len(table.lines) == 2, "a line end in a path is no line end of the table"
    cli.sandbox("rm", ".", cwd=directory).check(0, ".\n", "")


@pytest.mark.parametrize("name", SPLIT, ids=range(len(SPLIT)))
def test_a_path_that_podman_would_misread_is_refused_there(cli, tiny, workspaces, clean_engine, name):
    directory = workspaces(name)
    before = set(os.listdir(directory.parent))
    ran = cli.sandbox("run", "-d", "-t", tiny, "claude", cwd=directory)
    if clean_engine.is_podman:
        ran.check(125, "")
        assert ran.err.startswith("cannot mount ") and ran.err.count("Podman takes a comma") == 1, ran
        assert not clean_engine.containers()
        assert set(os.listdir(directory.parent)) == before
    else:
        ran.check()


def test_a_long_path_is_a_workspace(cli, tiny, workspace):
    # As long as the engine itself takes: its own directories stand in front of it while the container is made.
    deep = workspace
    while len(str(deep)) < 3600:
        deep = deep / ("d" * 199)
        os.mkdir(deep)
        os.chown(deep, 1000, 1000)
    made = cli.sandbox("run", "-d", "-t", tiny, "claude", cwd=deep).check().last_line
    cli.sandbox("run", "claude", "sh", "touch here", cwd=deep).check(0, "", "")
    assert (deep / "here").exists()
    assert cli.inspect(".", cwd=deep)["id"] == made


@pytest.mark.not_on_podman("mounts it all the same")
def test_a_path_that_the_engine_cannot_mount_is_refused_with_its_words(cli, tiny, workspace, clean_engine):
    """4,000 bytes are a path here, but none of a container: its root has a path of its own in front."""
    deep = workspace
    while len(str(deep)) < 3700:
        deep = deep / ("d" * 199)
        os.mkdir(deep)
    deep = deep / ("e" * (3999 - len(str(deep))))
    os.mkdir(deep)
    refused = cli.sandbox("run", "-d", "-t", tiny, "-w", str(deep), "claude").check(125, "")
    assert "Error response from daemon: " in refused.err and "file name too long" in refused.err, refused
    assert not clean_engine.containers()


# -- ls -------------------------------------------------------------------------------------------------------------------


def test_ls_marks_a_workspace_that_is_gone_or_made_again(cli, sandbox, workspace):
    def marked():
        (row,) = cli.sandbox("ls", "--no-trunc", cwd="/").check().lines[1:]
        return row.split(str(workspace), 1)[1].split("   ")[0]

    assert marked() == ""
    os.rename(workspace, workspace.parent / "moved")
    assert marked() == " (gone)"
    workspace.mkdir()
    os.chown(workspace, 1000, 1000)
    assert marked() == " (made again)"
    cli.sandbox("run", "claude", cwd=workspace).check()
    assert marked() == "", "the new directory is mounted"
    assert cli.sandbox("ls", "--format", "{{.Workspace}}").check().out == f"{workspace}\n"

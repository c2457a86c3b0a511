# SPDX-License-Identifier: Apache-2.0
"""What happens to a sandbox after it was made: stops and restarts, its directory, its removal, and strangers beside it."""

import hashlib
import os
import re
import shutil
import subprocess

import pytest
from support.waiting import eventually


@pytest.fixture
def sandbox(cli, tiny):
    """The ID of the workspace's sandbox, running."""
    return cli.sandbox("run", "-d", "-t", tiny, "claude").check().last_line


# -- stopped, paused, restarted -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["stop", "kill", "pause"])
def test_a_sandbox_that_does_not_run_is_entered_as_it_was(cli, sandbox, clean_engine, how):
    cli.sandbox("run", "claude", "sh", "echo kept >/home/agent/kept").check()
    cli.docker(how, sandbox).check()
    cli.sandbox("run", "claude", "sh", "cat /home/agent/kept").check(0, "kept\n", "")
    assert clean_engine.sandbox()["Id"] == sandbox


def test_a_sandbox_outlives_its_engine(own_dockerd, make_cli, workspace, tiny, clean_engine):
    own = own_dockerd()
    user = make_cli(workspace, host=own.host)
    own.load(user.docker_path, clean_engine.host, tiny)
    made = user.sandbox("run", "-d", "-t", tiny, "claude").check().last_line
    user.sandbox("run", "claude", "sh", "echo kept >/home/agent/kept").check()
    for interruption in (own.stop, own.kill, own.power_cut):
        interruption()
        own.start()
        user.sandbox("run", "claude", "sh", "cat /home/agent/kept").check(0, "kept\n", "")
        assert own.engine.sandbox()["Id"] == made


def test_a_sandbox_on_its_way_out_is_replaced(cli, tiny, sandbox, clean_engine):
    removal = subprocess.Popen(
        [cli.docker_path, "rm", "--force", sandbox], env=cli.environment(), stdout=subprocess.DEVNULL
    )
    made = cli.sandbox("run", "-d", "-t", tiny, "claude").check().last_line
    assert removal.wait(120) == 0
    # It may have been faster than the removal, and then have found the old one.
    assert cli.sandbox("run", "-d", "-t", tiny, "claude").check().last_line != sandbox
    eventually(lambda: clean_engine.sandbox()["Id"] != sandbox)
    assert made in (sandbox, clean_engine.sandbox()["Id"])


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
        # An engine in a mount namespace of its own does not see it: what docker mounts is what there is.
        mount = f"--volume={workspace}:/w"
        there = cli.docker("run", "--rm", "--init", mount, tiny, "ls", "/w", cwd=workspace).check().out
        cli.sandbox("run", "claude", "sh", "ls", cwd=workspace).check(0, there)
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


ODD = ["a b", "quo'te\"s", "new\nline", "tab\there", "back\\slash", "ünï-ço∂é-日本", "#hash %41 $HOME `x`", "colon:in:it", "-rf", "a,b=c"]


@pytest.mark.parametrize("name", ODD, ids=range(len(ODD)))
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


# -- rm, stop -------------------------------------------------------------------------------------------------------------


def test_rm_takes_every_way_to_name_a_sandbox(cli, tiny, workspaces):
    made = {}
    for name in ("by-name", "by-id", "by-prefix", "by-path", "by-relative-path"):
        directory = workspaces(name)
        made[name] = cli.sandbox("run", "-d", "-t", tiny, "--name", name, "-w", str(directory), "claude").check().last_line
    arguments = ["by-name", made["by-id"], made["by-prefix"][:12]]
    top = os.path.dirname(cli.inspect("by-path")["workspace"])
    arguments += [f"{top}/by-path", "./by-relative-path"]
    removed = cli.sandbox("rm", *arguments, cwd=top)
    removed.check(0, "".join(argument + "\n" for argument in arguments), "")
    cli.sandbox("ls", "-q").check(0, "", "")


def test_rm_goes_on_after_what_it_does_not_know(cli, tiny, sandbox, clean_engine):
    removed = cli.sandbox("rm", "unknown", sandbox, sandbox)
    removed.check(1, f"{sandbox}\n", f"Error: no such sandbox: unknown\nError: no such sandbox: {sandbox}\n")
    assert not clean_engine.sandboxes()
    cli.sandbox("rm", "--force", "unknown").check(0, "", "")


def test_rm_works_in_a_directory_that_is_gone(cli, sandbox, workspace, clean_engine):
    # A shell that still stands there; PWD says where that was.
    script = 'cd "$1" && rmdir "$1" && exec "$2" rm .'
    gone = cli.run(["sh", "-c", script, "sh", str(workspace), cli.plugin_path], cwd="/")
    gone.check(0, ".\n", "")
    assert not clean_engine.sandboxes()


def test_rm_leaves_the_workspace_and_the_login(cli, tiny, sandbox, workspace, clean_engine):
    cli.sandbox("run", "claude", "sh", "echo file >file; echo login >/mnt/claude-data/login").check()
    cli.sandbox("rm", sandbox).check()
    assert (workspace / "file").read_text() == "file\n"
    cli.sandbox("run", "-t", tiny, "claude", "sh", "cat /mnt/claude-data/login").check(0, "login\n")


def test_rm_takes_anonymous_volumes_along(cli, tiny, clean_engine):
    before = clean_engine.volumes()
    cli.sandbox("run", "-d", "-t", tiny, "--credentials", "none", "-v", "/anonymous", "claude").check()
    assert clean_engine.volumes() != before
    cli.sandbox("rm", ".").check()
    assert clean_engine.volumes() == before


def test_stop_keeps_everything_and_says_what_it_stopped(cli, sandbox, clean_engine):
    cli.sandbox("stop", ".", sandbox[:12]).check(0, f".\n{sandbox[:12]}\n", "")
    assert clean_engine.state(sandbox) == "exited"
    cli.sandbox("stop", "unknown").check(1, "", "Error: no such sandbox: unknown\n")


# -- prune ----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def three(cli, tiny, workspaces):
    """Names: one that runs, one that is stopped, one whose workspace is gone."""
    for name in ("runs", "stopped", "gone"):
        cli.sandbox("run", "-d", "-t", tiny, "--name", name, "-w", str(workspaces(name)), "claude").check()
    cli.sandbox("exec", "stopped", "dd", "if=/dev/zero", "of=/tmp/filled", "bs=1M", "count=3").check()
    cli.sandbox("stop", "stopped").check()
    os.rmdir(cli.inspect("gone")["workspace"])


def listed(cli):
    return sorted(row.split()[2] for row in cli.sandbox("ls", "--no-trunc").check().lines[1:])


def test_prune_removes_what_nobody_uses_and_says_so(cli, three):
    shown = cli.sandbox("prune", "--dry-run").check()
    assert "stopped" in shown.out and "gone" in shown.out and "runs" not in shown.out, shown
    assert listed(cli) == ["gone", "runs", "stopped"]
    pruned = cli.sandbox("prune", "-f").check()
    assert pruned.lines[0] == "Deleted Sandboxes:" and sorted(pruned.lines[1:3]) == ["gone", "stopped"], pruned
    assert pruned.lines[3] == "" and re.fullmatch(r"Total reclaimed space: 3\.[1-9]\d*MB", pruned.lines[4]), pruned
    assert listed(cli) == ["runs"]
    cli.sandbox("prune", "-f").check(0, "Total reclaimed space: 0B\n", "")


def test_prune_without_a_terminal_removes_nothing(cli, three):
    refused = cli.sandbox("prune").check(1)
    assert "-f" in refused.err and refused.out == "", refused
    assert listed(cli) == ["gone", "runs", "stopped"]


@pytest.mark.parametrize("answer, left", [("n", ["gone", "runs", "stopped"]), ("y", ["runs"])])
def test_prune_asks_on_a_terminal(cli, three, answer, left):
    terminal = cli.sandbox_terminal("prune")
    terminal.wait_for("[y/N]")
    terminal.send(answer + "\r")
    assert terminal.finish() == 0, terminal
    assert listed(cli) == left


def test_prune_takes_only_what_is_old_enough(cli, three):
    cli.sandbox("prune", "-f", "--filter", "until=10h").check()
    assert listed(cli) == ["gone", "runs", "stopped"]
    cli.sandbox("prune", "-f", "--filter", "until=2100-01-01").check()
    assert listed(cli) == ["runs"]
    assert "label" in cli.sandbox("prune", "-f", "--filter", "label=x").check(1).err


def test_prune_leaves_a_session_alone(cli, tiny, workspace, sandbox):
    session = cli.start_sandbox("run", "claude", "wait", "/tmp/end")
    assert session.stdout.readline() == b"waiting\n"
    os.rmdir(workspace)
    cli.sandbox("prune", "-f", cwd="/").check(0, "Total reclaimed space: 0B\n", "")
    assert session.running()
    cli.docker("exec", "-w", "/", sandbox, "touch", "/tmp/end", cwd="/").check()
    session.finish().check()


# -- ls -------------------------------------------------------------------------------------------------------------------


def test_ls_shows_the_newest_first_also_within_one_second(cli, tiny, workspaces, clean_engine):
    made = []
    for number in range(4):
        made.append(cli.sandbox("run", "-d", "-t", tiny, "-w", str(workspaces(f"w{number}")), "claude").check().last_line)
    for _ in range(3):
        assert cli.sandbox("ls", "-q", "--no-trunc").check().lines == made[::-1]


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


# -- strangers ------------------------------------------------------------------------------------------------------------


def test_containers_that_only_look_like_sandboxes_are_left_alone(cli, tiny, sandbox, workspace, clean_engine):
    labels = clean_engine.inspect(sandbox)["Config"]["Labels"]
    half = [f"--label={name}={value}" for name, value in labels.items() if not name.endswith("workingDirectory")]
    whole = [f"--label={name}={value}" for name, value in labels.items()]
    mount = f"--volume={workspace}:{workspace}"
    strangers = [
        cli.docker("run", "-d", "--init", *arguments, tiny, "sleep", "1000").check().last_line
        for arguments in (["--name=plain"], ["--name=half", *half, mount], ["--name=no-mount", *whole], ["--name=whole", *whole, mount])
    ]
    cli.sandbox("ls", "-q", "--no-trunc").check(0, f"{sandbox}\n", "")
    for stranger in ("plain", "half", "no-mount", "whole"):
        cli.sandbox("rm", stranger).check(1, "", f"Error: no such sandbox: {stranger}\n")
        cli.sandbox("rm", "-f", stranger).check(0, "", "")
        cli.sandbox("stop", stranger).check(1, "", f"Error: no such sandbox: {stranger}\n")
    assert [clean_engine.state(stranger) for stranger in strangers] == ["running"] * 4
    cli.sandbox("rm", sandbox).check()
    made = cli.sandbox("run", "-d", "-t", tiny, "claude").check().last_line
    assert made not in strangers
    cli.docker("stop", "-t", "0", *strangers).check()
    cli.sandbox("prune", "-f").check(0, "Total reclaimed space: 0B\n", "")
    cli.docker("rm", *strangers).check()


def test_a_template_made_of_a_sandbox_is_a_template_as_any(cli, tiny, sandbox, workspaces, clean_engine):
    cli.docker("commit", sandbox, "sandbox-e2e/committed").check()
    try:
        copy = cli.docker("run", "-d", "sandbox-e2e/committed").check().last_line
        cli.sandbox("ls", "-q", "--no-trunc").check(0, f"{sandbox}\n", "")
        other = workspaces("other")
        made = cli.sandbox("run", "-d", "-t", "sandbox-e2e/committed", "-w", str(other), "gemini").check().last_line
        seen = cli.inspect(made)
        assert (seen["workspace"], seen["agent"], seen["template"]) == (str(other), "gemini", "sandbox-e2e/committed")
        cli.sandbox("rm", made, copy[:12]).check(1, f"{made}\n", f"Error: no such sandbox: {copy[:12]}\n")
        cli.docker("rm", "--force", copy).check()
    finally:
        for container in clean_engine.containers(ancestor="sandbox-e2e/committed"):
            clean_engine.remove_container(container["Id"])
        clean_engine.remove_image("sandbox-e2e/committed")


def test_a_name_that_is_taken_is_told_with_who_has_it(cli, tiny, sandbox, workspaces, clean_engine):
    stranger = cli.docker("create", "--name", "strange", tiny).check().last_line
    refused = cli.sandbox("run", "-d", "-t", tiny, "--name", "strange", "-w", str(workspaces("other")), "claude").check(125)
    assert stranger[:12] in refused.err and "not a sandbox" in refused.err, refused
    name = clean_engine.inspect(sandbox)["Name"][1:]
    refused = cli.sandbox("run", "-d", "-t", tiny, "--name", name, "-w", str(workspaces("third")), "claude").check(125)
    assert "the sandbox of" in refused.err, refused
    assert clean_engine.sandbox()["Id"] == sandbox
    clean_engine.remove_container(stranger)


def test_a_stranger_with_the_name_that_making_a_sandbox_needs_is_told(cli, tiny, sandbox, workspace, clean_engine):
    unfinished = "sandbox-unfinished-" + hashlib.sha256(str(workspace).encode()).hexdigest()[:24]
    cli.sandbox("rm", sandbox).check()
    stranger = cli.docker("create", "--name", unfinished, tiny).check().last_line
    refused = cli.sandbox("run", "-d", "-t", tiny, "claude").check(125)
    assert stranger[:12] in refused.err and "Rename or remove" in refused.err, refused
    assert clean_engine.exists(stranger)
    clean_engine.remove_container(stranger)
    cli.sandbox("run", "-d", "-t", tiny, "claude").check()


def test_a_sandbox_that_docker_renamed_is_a_container_as_any(cli, tiny, sandbox, clean_engine):
    """Its name is the fact that no image can carry: without it, it might be a container that was made from a sandbox's image."""
    cli.docker("rename", sandbox, "another-name").check()
    cli.sandbox("ls", "-q").check(0, "", "")
    ran = cli.sandbox("run", "-d", "-t", tiny, "claude").check()
    assert "another-name looks like a sandbox" in ran.err, ran
    made = ran.last_line
    assert made != sandbox
    cli.sandbox("ls", "-q", "--no-trunc").check(0, f"{made}\n", "")
    cli.sandbox("run", "-d", "-t", tiny, "claude").check(0, f"{made}\n", "")
    cli.docker("rm", "--force", "another-name").check()

# SPDX-License-Identifier: Apache-2.0
"""`docker sandbox rm`."""

import os

import pytest


@pytest.fixture
def boxes(make_cli, workspaces, tiny):
    """Makes sandboxes with these names, each in a workspace of its own: boxes("aa", "bb") -> their IDs."""

    def make(*names):
        return [
            make_cli(workspaces(name)).sandbox("run", "-d", "--name", name, "-t", tiny, "claude").check().last_line
            for name in names
        ]

    return make


@pytest.mark.parametrize("command", ["rm", "remove"])
def test_each_argument_is_printed_as_given(cli, boxes, clean_engine, test_directory, command):
    """Removes running ones too; prints each argument as given; by name, ID, prefix and path."""
    identities = boxes("aa", "bb", "cc", "dd", "ee")
    given = ["aa", identities[1], identities[2][:12], str(test_directory / "dd"), "../ee"]
    cli.sandbox(command, *given).check(0, "".join(word + "\n" for word in given), "")
    assert not clean_engine.containers()


def test_a_stopped_and_a_paused_one_are_removed(cli, boxes, clean_engine):
    stopped, paused = boxes("stopped", "paused")
    clean_engine.stop(stopped)
    clean_engine.post(f"/containers/{paused}/pause")
    cli.sandbox("rm", "stopped", "paused").check(0, "stopped\npaused\n", "")
    assert not clean_engine.containers()


def test_an_unknown_one_is_told_and_the_others_are_removed(cli, boxes, clean_engine):
    """Unknown: `Error: no such sandbox: x` on stderr, the others are still removed, exit 1."""
    boxes("aa", "bb")
    cli.sandbox("rm", "aa", "x", "bb").check(1, "aa\nbb\n", "Error: no such sandbox: x\n")
    assert not clean_engine.containers()


@pytest.mark.parametrize("option", ["-f", "--force"])
def test_with_force_an_unknown_one_is_no_error(cli, boxes, clean_engine, option):
    """`-f/--force`: unknown is no error."""
    boxes("aa")
    cli.sandbox("rm", option, "x", "aa").check(0, "aa\n", "")
    assert not clean_engine.containers()


def test_all_are_removed_through_the_list(cli, boxes, clean_engine):
    """`docker sandbox rm $(docker sandbox ls -q)`."""
    boxes("aa", "bb", "cc")
    removed = cli.run(["sh", "-c", '"$0" sandbox rm $("$0" sandbox ls -q)', cli.docker_path]).check(0, err="")
    assert len(removed.lines) == 3 and not clean_engine.containers()


def test_anonymous_volumes_go_and_named_ones_and_the_workspace_stay(cli, tiny, image, workspace, clean_engine):
    """Anonymous volumes go, credential volumes and the workspace stay."""
    own = image(f"FROM {tiny}\nVOLUME /cache\n")
    cli.sandbox("run", "-t", own, "-v", "/scratch", "claude", "sh", "echo kept >note; echo login >/mnt/claude-data/x").check(0)
    assert len(clean_engine.volumes()) == 3
    cli.sandbox("rm", ".").check(0, ".\n")
    assert clean_engine.volumes() == {"docker-claude-sandbox-data"}
    assert os.listdir(workspace) == ["note"]
    cli.sandbox("run", "-q", "-t", tiny, "claude", "sh", "cat /mnt/claude-data/x").check(0, "login\n")


def test_a_fresh_sandbox_follows(cli, tiny, clean_engine):
    """"Recreating sandboxes": ls, rm, run creates a new sandbox, with the options of that run."""
    first = cli.sandbox("run", "-d", "-t", tiny, "-e", "A=1", "claude").check().last_line
    cli.sandbox("rm", cli.sandbox("ls", "-q").check().out.strip()).check(0)
    second = cli.sandbox("run", "-d", "-t", tiny, "-e", "A=2", "claude").check(0).last_line
    assert second != first and "A=2" in clean_engine.sandbox()["Config"]["Env"]


def test_a_container_that_is_no_sandbox_is_never_removed(cli, tiny, clean_engine):
    """Containers without our labels are never touched and count as not found."""
    identity = cli.docker("create", "--name", "plain", tiny).check().out.strip()
    half = cli.docker("create", "--name", "half", "--label", "docker/sandbox=true", tiny).check().out.strip()
    for argument in ("plain", identity, identity[:12], half, "half"):
        cli.sandbox("rm", argument).check(1, "", f"Error: no such sandbox: {argument}\n")
        cli.sandbox("rm", "-f", argument).check(0, "")
    assert clean_engine.exists(identity) and clean_engine.exists(half)
    cli.docker("rm", "plain", "half").check()


def test_the_sandbox_of_a_workspace_that_is_gone_is_removed_by_its_path(cli, boxes, clean_engine, test_directory):
    """A path: the sandbox of that workspace."""
    boxes("aa")
    os.rmdir(test_directory / "aa")
    cli.sandbox("rm", str(test_directory / "aa")).check(0)
    assert not clean_engine.containers()


def test_a_shell_in_a_directory_that_is_gone_can_still_say_here(cli, sandbox, workspace, clean_engine):
    """PWD says where that was."""
    script = 'cd "$1" && rmdir "$1" && exec "$2" rm .'
    cli.run(["sh", "-c", script, "sh", str(workspace), cli.plugin_path], cwd="/").check(0, ".\n", "")
    assert not clean_engine.containers()


def test_the_same_one_twice_is_removed_once(cli, boxes, clean_engine):
    boxes("aa")
    cli.sandbox("rm", "aa", "aa").check(1, "aa\n", "Error: no such sandbox: aa\n")
    assert not clean_engine.containers()

# SPDX-License-Identifier: Apache-2.0
"""`docker sandbox prune`."""

import os
import re

import pytest


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


def test_prune_leaves_a_session_alone(cli, workspace, sandbox):
    session = cli.start_sandbox("run", "claude", "wait", "/tmp/end")
    assert session.stdout.readline() == b"waiting\n"
    os.rmdir(workspace)
    cli.sandbox("prune", "-f", cwd="/").check(0, "Total reclaimed space: 0B\n", "")
    assert session.running()
    cli.docker("exec", "-w", "/", sandbox, "touch", "/tmp/end", cwd="/").check()
    session.finish().check()

# SPDX-License-Identifier: Apache-2.0
"""What happens to a sandbox after it was made: stops, restarts, removal."""

import os
import subprocess

import pytest
from support.waiting import eventually


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

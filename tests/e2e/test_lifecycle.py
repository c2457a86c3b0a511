# SPDX-License-Identifier: Apache-2.0
"""What happens to a sandbox after it was made: stops, restarts, an engine that goes."""

import subprocess

import pytest
from support.waiting import eventually


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


def test_stop_keeps_everything_and_says_what_it_stopped(cli, sandbox, clean_engine):
    cli.sandbox("stop", ".", sandbox[:12]).check(0, f".\n{sandbox[:12]}\n", "")
    assert clean_engine.state(sandbox) == "exited"
    cli.sandbox("stop", "unknown").check(1, "", "Error: no such sandbox: unknown\n")

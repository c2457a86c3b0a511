# SPDX-License-Identifier: Apache-2.0
"""Agents in the background when something goes wrong: memory, signals, a paused sandbox, too many runs."""

import signal

import pytest
from support.headless import RUNS, begin, root_in_runs
from support.waiting import eventually


@pytest.mark.not_on_podman("sets no limit of memory for what runs", before=5)
def test_a_run_that_memory_ended_says_so_long_after(cli, sandbox, clean_engine):
    cli.docker("update", "--memory", "64m", "--memory-swap", "64m", sandbox).check()
    reason = "Run 1 was killed because the sandbox ran out of memory.\n"
    begin(cli, "echo begun; exec dd if=/dev/zero of=/dev/null bs=512M count=1")
    # Before that, the kernel may well choose a process of ours that begins.
    eventually(lambda: "dd if=" not in "\n".join(clean_engine.processes(sandbox)), what="the agent is gone")
    cli.sandbox("wait", ".").check(137, "137\n", reason)
    cli.sandbox("logs", ".").check(0, "begun\n", reason)
    # The next one, in the same sandbox, is killed by itself.
    begin(cli, "kill -KILL $$")
    cli.sandbox("wait", ".").check(137, "137\n", "Run 2 was ended by signal 9 (KILL).\n")
    cli.docker("restart", "--time", "0", sandbox).check()
    cli.sandbox("wait", "--run", "1", ".").check(137, "137\n", reason)


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGINT, signal.SIGABRT, signal.SIGSEGV, signal.SIGTERM])
def test_a_run_that_a_signal_ended_says_which(cli, sandbox, number):
    begin(cli, f"kill -{int(number)} $$")
    said = f"Run 1 was ended by signal {int(number)} ({number.name[3:]}).\n"
    cli.sandbox("wait", ".").check(128 + number, f"{128 + number}\n", said)


def test_a_run_in_a_paused_sandbox_goes_on(cli, sandbox, workspace):
    begin(cli, "echo begun; until [ -e go ]; do sleep 0.05; done; exit 4")
    eventually(lambda: cli.sandbox("logs", ".").check().out == "begun\n", what="the agent has begun")
    cli.docker("pause", sandbox).check()
    cli.sandbox("logs", ".").check(0, "begun\n", "")
    waiting = cli.start_sandbox("wait", ".")
    assert waiting.stderr.readline() == b"The sandbox is paused: its runs go on when it is unpaused.\n"
    (workspace / "go").touch()
    cli.docker("unpause", sandbox).check()
    waiting.finish().check(4, "4\n", "")


def test_a_run_that_was_cut_off_after_its_agent_s_end_has_the_exit_code(cli, sandbox):
    """While it waits for the last of the output, which a process that the agent left behind keeps open."""
    begin(cli, "exit 6")
    cli.sandbox("wait", ".").check(6)
    root_in_runs(cli, sandbox, "mv 1/ended 1/ended.new")
    cli.sandbox("wait", ".").check(6, "6\n", "")
    cli.sandbox("stop", ".").check()
    cli.sandbox("wait", ".").check(6, "6\n", "")


def test_of_many_runs_the_earlier_ones_are_forgotten_unless_they_go_on(cli, sandbox, workspace):
    """Those too that were cut off, and never said that they had ended."""
    begin(cli, "until [ -e go ]; do sleep 0.05; done")
    dead = "token t\\nbegun 1 1.00\\nleader 4000000 1\\n"
    root_in_runs(cli, sandbox, f'for n in $(seq 2 29); do mkdir $n && printf "{dead}" >$n/info; chown -R 1000 $n; done')
    begin(cli, "exit 7")
    cli.sandbox("wait", ".").check(7)
    kept = ["1", *map(str, range(11, 31))]
    eventually(lambda: sorted(root_in_runs(cli, sandbox, "ls").lines, key=int) == kept, what="the earlier runs are forgotten")
    cli.sandbox("wait", "--run", "29", ".").check(137)
    (workspace / "go").touch()
    cli.sandbox("wait", "--run", "1", ".").check(0, "0\n")


@pytest.mark.not_on_podman("makes no small volume to fill", before=5)
def test_a_run_whose_output_cannot_be_kept_does_not_begin(cli, tiny):
    cli.docker("volume", "create", "--opt", "type=tmpfs", "--opt", "device=tmpfs", "--opt", "o=size=8k", "full").check()
    sandbox = cli.sandbox("run", "-q", "-d", "-t", tiny, "-v", f"full:{RUNS}", "claude").check().last_line
    root_in_runs(cli, sandbox, "dd if=/dev/zero of=full bs=8k count=1 2>/dev/null; chown 1000 .")
    failed = cli.sandbox("run", "-d", "claude", "sh", "touch began").check(125, "")
    assert "cannot keep the run's output in the sandbox" in failed.err, failed
    cli.sandbox("logs", ".").check(1)
    cli.sandbox("rm", ".").check()
    cli.docker("volume", "rm", "full").check()

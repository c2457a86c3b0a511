# SPDX-License-Identifier: Apache-2.0
"""The engine goes away under what runs on it, in good order or not, and comes back."""

import re
import termios

import pytest
from support import own_engine
from support.headless import begin
from support.waiting import eventually

from conftest import engine_of_its_own


@pytest.fixture(scope="module")
def stopping_engine(engine, tiny, docker_paths):
    """An engine for this module alone, which has the tiny template."""
    with engine_of_its_own() as one:
        one.load(docker_paths[0], engine.host, tiny)
        yield one


@pytest.fixture
def user(stopping_engine, make_cli, workspace, tiny):
    """Who has a sandbox on that engine."""
    one = make_cli(workspace, host=stopping_engine.host)
    one.sandbox("run", "-q", "-d", "-t", tiny, "claude").check()
    yield one
    one.sandbox("rm", ".").check()


WAYS = {"stopped": own_engine.OwnEngine.stop, "killed": own_engine.OwnEngine.crash}


@pytest.fixture(params=WAYS)
def take_away(request, stopping_engine):
    """Ends the engine; after the test it is there again."""
    yield lambda: WAYS[request.param](stopping_engine)
    if not stopping_engine.engine.answers():
        stopping_engine.start()


def test_headless_runs_are_remembered(stopping_engine, user, take_away):
    own = stopping_engine
    begin(user, "echo first; exit 3")
    user.sandbox("wait", ".").check(3)
    begin(user, "echo begun; sleep 1000")
    eventually(lambda: user.sandbox("logs", ".").check().out == "begun\n", what="the agent has begun")
    waiting, follower = user.start_sandbox("wait", "."), user.start_sandbox("logs", "-f", ".")
    assert follower.stdout.readline() == b"begun\n"
    box = user.inspect(".")["id"]
    eventually(lambda: "docker-sandbox-reader 0 wait" in "\n".join(own.engine.processes(box)), what="it waits")
    take_away()
    for ended, cut_off in ((waiting.finish(), 137), (follower.finish(), 0)):
        # An engine that is stopped in good order may still say that the sandbox has stopped.
        gone = f"the engine at {own.host} went away before run 2 had ended\n"
        assert (ended.code == 1 and ended.err.startswith(gone)) or (ended.code == cut_off and "Run 2 was cut off" in ended.err), ended

    nobody = f"Cannot connect to the Docker daemon at {own.host}. Is the docker daemon running?"
    for words, code in ((("wait", "."), 1), (("logs", "."), 1), (("run", "claude"), 125), (("run", "-d", "claude", "-p", "x"), 125)):
        assert user.sandbox(*words).check(code, "").err.startswith(nobody)

    own.start()
    assert "Run 2 was cut off" in user.sandbox("wait", ".").check(137, "137\n").err
    assert "Run 2 was cut off" in user.sandbox("logs", ".").check(0, "begun\n").err
    user.sandbox("logs", "--run", "1", ".").check(0, "first\n", "")
    user.sandbox("run", "claude", "exit", "4").check(4, "", "")
    begin(user, "echo third; exit 5")
    user.sandbox("wait", ".").check(5, "5\n", "")
    user.sandbox("wait", "--run", "1", ".").check(3, "3\n", "")
    assert "Run 2 was cut off" in user.sandbox("wait", "--run", "2", ".").check(137, "137\n").err


# A shell around the session, which keeps the terminal open behind it.
SHELL = 'echo begin; read -r line; "$@"; echo "code $?"; read -r line'
MODES = "\\033[?1049h\\033[?25l\\033[?1000h\\033[?2004h\\033[>1u"
RESET = (b"\x1b[<1u", b"\x1b[?1000l", b"\x1b[?1049l", b"\x1b[?2004l", b"\x1b[?25h")


def test_a_terminal_is_as_it_was(stopping_engine, user, take_away):
    own = stopping_engine
    script = f"stty raw -echo; printf '{MODES}hello'; exec sleep 7008"
    shell = user.open_terminal(["bash", "--norc", "-c", SHELL, "bash", user.plugin_path, "run", "claude", "sh", script])
    shell.wait_for("begin")
    before = termios.tcgetattr(shell.fd)
    shell.send("\r")
    shell.wait_for("hello")
    assert termios.tcgetattr(shell.fd) != before
    box = user.inspect(".")["id"]
    eventually(lambda: "docker-sandbox-watch" in "\n".join(own.engine.processes(box)), what="the session is watched over")
    take_away()
    shell.wait_for(re.compile(r"code (125|137)"))
    assert termios.tcgetattr(shell.fd) == before
    own.start()
    # What outlives a killed engine ends with its next start.
    eventually(lambda: "sleep 7008" not in own.run_inside("ps", "ax").stdout.decode(), what="the agent is gone")
    # Everything is off again before the first word about it.
    lost = f"the connection to the engine at {own.host} was lost while the program was running\r\ncode 125".encode()
    killed = re.compile(rb"The (engine|sandbox) was stopped while the program was running\.\r\ncode 137")
    words = re.search(re.escape(lost) + b"|" + killed.pattern, shell.raw)
    assert words, shell.raw
    assert all(sequence in shell.raw[: words.start()] for sequence in RESET), shell.raw
    shell.send("\r")
    assert shell.finish() == 0

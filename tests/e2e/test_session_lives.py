# SPDX-License-Identifier: Apache-2.0
"""Who outlives whom: the caller, the agent, the agent's children, and the sandbox."""

import signal

import pytest
from support.waiting import eventually

# An agent with a child, a grandchild in a session of its own, and a stopped one. The numbers are their marks.
FAMILY = """
sleep 7001 &
setsid sleep 7002 &
sleep 7003 &
until grep -q 7003 /proc/$!/cmdline; do :; done
kill -STOP $!
echo 'the family is complete'
while :; do sleep 7004; done
"""
# A daemon: its parent is gone, and its session is its own.
DAEMON = "(setsid sleep 7005 &)"


def marks(engine, first=7001, last=7004):
    """Which of the marked processes run in the sandbox."""
    lines = engine.processes(engine.sandbox()["Id"])
    return {mark for mark in range(first, last + 1) if any(line == f"sleep {mark}" for line in lines)}


def watches(engine):
    return [line for line in engine.processes(engine.sandbox()["Id"]) if "docker-sandbox-watch" in line]


@pytest.fixture
def user(cli, tiny):
    """With a sandbox that runs, and the tiny template for every further one."""
    cli.sandbox("run", "-d", "-t", tiny, "claude").check()
    return cli


def start_family(user, *words, script=FAMILY):
    process = user.start([*words, "run", "claude", "sh", script])
    assert process.stdout.readline() == b"the family is complete\n"
    return process


def words_of(user, form):
    return [user.docker_path, "sandbox"] if form == "docker sandbox" else [user.plugin_path]


def await_the_end_of_the_family(engine):
    eventually(lambda: not marks(engine), what="the agent and its children are gone")
    eventually(lambda: not watches(engine), what="nothing of the session is left")
    assert engine.sandbox()["State"]["Running"]


@pytest.mark.parametrize("form", ["docker sandbox", "docker-sandbox"])
def test_a_killed_client_takes_the_agent_and_its_children_along(user, clean_engine, form):
    process = start_family(user, *words_of(user, form))
    eventually(lambda: marks(clean_engine) == {7001, 7002, 7003, 7004}, what="the family is there")
    process.signal_group(signal.SIGKILL)
    await_the_end_of_the_family(clean_engine)


@pytest.mark.parametrize("form", ["docker sandbox", "docker-sandbox"])
def test_a_client_that_is_killed_late_takes_them_along_too(user, clean_engine, form):
    process = start_family(user, *words_of(user, form))
    eventually(lambda: watches(clean_engine), what="the watch inside runs")
    process.signal_group(signal.SIGKILL)
    await_the_end_of_the_family(clean_engine)


def test_a_killed_docker_takes_the_agent_along(user, clean_engine):
    process = start_family(user, *words_of(user, "docker sandbox"))
    process.signal(signal.SIGKILL)  # docker alone: the plugin is another process
    await_the_end_of_the_family(clean_engine)


@pytest.mark.parametrize("lasted", [False, True])
def test_a_closed_terminal_takes_the_agent_along(user, clean_engine, lasted):
    terminal = user.sandbox_terminal("run", "claude", "sh", FAMILY)
    terminal.wait_for("the family is complete")
    if lasted:
        eventually(lambda: watches(clean_engine), what="the watch inside runs")
    terminal.hang_up()
    await_the_end_of_the_family(clean_engine)


def test_an_agent_that_ignores_signals_goes_too(user, clean_engine):
    process = start_family(
        user, *words_of(user, "docker-sandbox"), script="trap '' HUP TERM INT; echo 'the family is complete'; sleep 7001"
    )
    process.signal(signal.SIGKILL)
    await_the_end_of_the_family(clean_engine)


def test_who_was_orphaned_by_a_signal_goes_too(user, clean_engine):
    script = """
trap : TERM
sh -c 'sleep 7001 & setsid sleep 7002 & wait' &
echo 'the family is complete'
while :; do sleep 7004; done
"""
    process = start_family(user, *words_of(user, "docker-sandbox"), script=script)
    eventually(lambda: marks(clean_engine) == {7001, 7002, 7004}, what="the family is there")
    process.signal(signal.SIGTERM)
    eventually(lambda: 7001 not in marks(clean_engine), what="the signal has come")
    process.signal(signal.SIGKILL)
    await_the_end_of_the_family(clean_engine)


def test_a_cut_connection_takes_the_agent_along(user, clean_engine, proxy):
    process = user.start([user.plugin_path, "run", "claude", "sh", FAMILY], env={"DOCKER_HOST": proxy.host})
    assert process.stdout.readline() == b"the family is complete\n"
    eventually(lambda: watches(clean_engine), what="the watch inside runs")
    proxy.cut()
    ended = process.finish().check(125)
    assert proxy.path in ended.err, ended
    await_the_end_of_the_family(clean_engine)


def test_daemons_live_on_when_the_agent_exits(user, clean_engine):
    user.sandbox("run", "claude", "sh", DAEMON + "; echo left").check()
    eventually(lambda: marks(clean_engine, 7005, 7005), what="the daemon runs")


def test_daemons_live_on_when_the_client_is_killed(user, clean_engine):
    process = start_family(user, *words_of(user, "docker-sandbox"), script=DAEMON + FAMILY)
    eventually(lambda: watches(clean_engine), what="the watch inside runs")
    process.signal(signal.SIGKILL)
    await_the_end_of_the_family(clean_engine)
    assert marks(clean_engine, 7005, 7005) == {7005}


def test_background_jobs_live_on_when_the_agent_exits(user, clean_engine):
    # As they do outside: nothing but the loss of the client ends them.
    user.sandbox("run", "claude", "sh", "sleep 7001 >/dev/null 2>&1 &").check()
    eventually(lambda: marks(clean_engine), what="the job runs")


def test_background_jobs_live_on_after_a_session_that_has_lasted(user, clean_engine, workspace):
    script = "sleep 7001 >/dev/null 2>&1 & echo begun; while [ ! -e end ]; do sleep 0.05; done"
    process = user.start([user.plugin_path, "run", "claude", "sh", script])
    assert process.stdout.readline() == b"begun\n"
    eventually(lambda: watches(clean_engine), what="the watch inside runs")
    (workspace / "end").touch()
    process.finish().check()
    eventually(lambda: not watches(clean_engine), what="the watch has ended")
    assert marks(clean_engine) == {7001}


def test_the_end_of_one_session_does_not_touch_another(user, clean_engine, workspace):
    script = "echo 'the family is complete'; sleep 7001 & while [ ! -e end ]; do sleep 0.05; done; echo well"
    first = start_family(user, *words_of(user, "docker sandbox"))
    second = start_family(user, *words_of(user, "docker sandbox"), script=script)
    eventually(lambda: len(watches(clean_engine)) == 2, what="both are watched")
    first.signal_group(signal.SIGKILL)
    eventually(lambda: marks(clean_engine) == {7001}, what="the first session is gone")
    eventually(lambda: len(watches(clean_engine)) == 1, what="its watch too")
    (workspace / "end").touch()
    second.finish().check(0, "well\n", "")


SIGNALLED = """
trap 'echo INT' INT
trap 'echo TERM' TERM
echo ready
until [ -e end ]; do sleep 0.1; done
exit 7
"""


def test_what_a_terminal_interrupts_is_interrupted_once(each_cli, tiny, workspace):
    """Ctrl-C reaches the docker CLI and the plugin; a newer CLI then closes the plugin's socket, too, which is no further signal."""
    process = each_cli.start_sandbox("run", "-t", tiny, "claude", "sh", SIGNALLED)
    assert process.stdout.readline() == b"ready\n"
    for _ in range(2):
        process.signal_group(signal.SIGINT)
        assert process.stdout.readline() == b"INT\n"
    (workspace / "end").touch()
    process.finish(b"").check(7, "")

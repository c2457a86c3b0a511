# SPDX-License-Identifier: Apache-2.0
"""Agents that work in the background: run -d with agent options, logs, wait."""

import re
import signal

import pytest
from support.headless import begin
from support.waiting import eventually


@pytest.fixture
def user(cli, tiny):
    cli.sandbox("run", "-q", "-d", "-t", tiny, "claude").check()
    return cli


def test_run_prints_the_id_and_the_agent_works_on(user, clean_engine, workspace):
    started = begin(user, "while [ ! -e go ]; do sleep 0.05; done; echo done >result; exit 7")
    assert started.last_line == clean_engine.sandbox()["Id"]
    (workspace / "go").touch()
    waited = user.sandbox("wait", ".")
    waited.check(7, "7\n", "")
    assert (workspace / "result").read_text() == "done\n"


def test_streams_stay_apart_in_the_logs(user):
    begin(user, "echo out; echo err >&2; printf 'no end'")
    user.sandbox("wait", ".").check(0, "0\n", "")
    user.sandbox("logs", ".").check(0, "out\nno end", "err\n")


def test_lines_are_chosen_and_dated(user):
    begin(user, "echo one; echo two; echo three")
    user.sandbox("wait", ".").check()
    user.sandbox("logs", "--tail", "2", ".").check(0, "two\nthree\n", "")
    user.sandbox("logs", "--since", "1h", ".").check(0, "one\ntwo\nthree\n", "")
    user.sandbox("logs", "--since", "2099-01-01T00:00:00Z", ".").check(0, "", "")
    dated = user.sandbox("logs", "-t", "--tail", "1", ".").check()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z three\n", dated.out), dated


def test_logs_are_followed_to_the_end(user, workspace):
    begin(user, "echo begun; while [ ! -e go ]; do sleep 0.05; done; echo ended")
    follower = user.start_sandbox("logs", "-f", ".")
    assert follower.stdout.readline() == b"begun\n"
    (workspace / "go").touch()
    follower.finish().check(0, "ended\n", "")


def test_an_earlier_run_is_asked_for_by_its_number(user):
    begin(user, "echo first; exit 3")
    user.sandbox("wait", ".").check(3)
    begin(user, "echo second; exit 4")
    user.sandbox("wait", ".").check(4, "4\n")
    user.sandbox("wait", "--run", "1", ".").check(3, "3\n")
    user.sandbox("logs", "--run", "1", ".").check(0, "first\n")
    user.sandbox("logs", "--run", "9", ".").check(1)


def test_two_runs_at_once_do_not_disturb_each_other(user, workspace):
    begin(user, "while [ ! -e go ]; do sleep 0.05; done; echo first")
    begin(user, "while [ ! -e go ]; do sleep 0.05; done; echo second")
    (workspace / "go").touch()
    user.sandbox("wait", "--run", "1", ".").check()
    user.sandbox("wait", "--run", "2", ".").check()
    user.sandbox("logs", "--run", "1", ".").check(0, "first\n")
    user.sandbox("logs", "--run", "2", ".").check(0, "second\n")


def test_a_run_is_remembered_by_a_stopped_sandbox_and_after_its_restart(user, clean_engine):
    begin(user, "echo out; exit 5")
    user.sandbox("wait", ".").check(5)
    identity = clean_engine.sandbox()["Id"]
    clean_engine.stop(identity)
    user.sandbox("wait", ".").check(5, "5\n")
    user.sandbox("logs", ".").check(0, "out\n")
    clean_engine.post(f"/containers/{identity}/start")
    user.sandbox("wait", ".").check(5, "5\n")
    user.sandbox("logs", ".").check(0, "out\n")


def test_a_run_that_a_stop_cut_off_says_so(user, clean_engine):
    begin(user, "echo begun; sleep 1000")
    eventually(lambda: user.sandbox("logs", ".").check().out == "begun\n", what="the agent has begun")
    waiting = user.start_sandbox("wait", ".")
    eventually(lambda: any("docker-sandbox-reader" in p for p in clean_engine.processes(clean_engine.sandbox()["Id"])))
    clean_engine.stop(clean_engine.sandbox()["Id"])
    waited = waiting.finish().check(137, "137\n")
    assert "cut off" in waited.err, waited
    assert "cut off" in user.sandbox("logs", ".").check(0, "begun\n").err


def test_a_killed_run_says_which_signal(user):
    begin(user, "kill -KILL $$")
    waited = user.sandbox("wait", ".").check(137, "137\n")
    assert "signal 9" in waited.err, waited


def test_output_is_kept_with_a_bound(user, clean_engine):
    begin(user, "yes 0123456789012345678901234567890123456789 | head -c 60000000; echo; echo the end")
    user.sandbox("wait", ".").check()
    assert user.sandbox("logs", "--tail", "1", ".").check().out == "the end\n"
    size = user.docker(
        "exec", "-u", "0", clean_engine.sandbox()["Id"], "du", "-sk", "/var/lib/docker-sandbox/runs/1"
    ).check()
    assert 1024 < int(size.out.split()[0]) < 10 * 1024, size


def test_without_a_run_there_is_nothing_to_ask_for(user):
    for command in ("logs", "wait"):
        asked = user.sandbox(command, ".").check(1, "")
        assert "no headless run" in asked.err, asked


def test_a_missing_agent_is_told_at_once(cli, image, clean_engine, tiny):
    cli.sandbox("run", "-d", "-t", image(f"FROM {tiny}\nUSER root\nRUN rm /usr/local/bin/claude\nUSER agent\n"), "claude", "-p", "x").check(127)
    assert not clean_engine.sandboxes()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_nothing_stays_behind_when_a_follower_is_gone(user, clean_engine, number):
    begin(user, "sleep 1000")
    follower = user.start_sandbox("logs", "-f", ".")
    readers = lambda: [p for p in clean_engine.processes(clean_engine.sandbox()["Id"]) if "docker-sandbox-reader" in p]  # noqa: E731
    eventually(readers, what="the reader runs")
    follower.signal_group(number)
    eventually(lambda: not readers(), what="the reader is gone")

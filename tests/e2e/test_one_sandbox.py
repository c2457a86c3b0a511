# SPDX-License-Identifier: Apache-2.0
"""One sandbox per workspace, whoever starts, removes and kills at the same time.

SANDBOX_SOAK=1 makes the random tests long: 200 races and 1,000 kills."""

import random
import signal
import subprocess
import time

import pytest
from support.command import Result
from support.waiting import DEADLINE, eventually

from conftest import SOAK

RACES = 200 if SOAK else 2
KILLS = 1000 if SOAK else 15
CROWD = 50


class Crowd:
    """Many processes at once, started as close together as a shell could; no pipes, so that none waits for its reader."""

    def __init__(self, cli, directory):
        self._cli = cli
        self._directory = directory
        self._started = []

    def start(self, words, before=()):
        """`before` are the words of a program that starts the plugin."""
        number = len(self._started)
        out = open(self._directory / f"out{number}", "w+b")
        err = open(self._directory / f"err{number}", "w+b")
        process = subprocess.Popen(
            [*before, self._cli.plugin_path, *words],
            env=self._cli.environment(),
            cwd=self._cli.directory,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            start_new_session=True,
        )
        self._started.append((process, out, err))
        return process

    def results(self):
        found = []
        for process, out, err in self._started:
            process.wait(DEADLINE * 3)
            texts = []
            for stream in (out, err):
                stream.seek(0)
                texts.append(stream.read())
                stream.close()
            found.append(Result(process.args, process.returncode, *texts))
        self._started = []
        return found

    def close(self):
        for process, out, err in self._started:
            process.kill()
            process.wait()
            out.close()
            err.close()


@pytest.fixture
def crowd(cli, test_directory):
    made = Crowd(cli, test_directory)
    yield made
    made.close()


def settled(engine):
    """The sandboxes that are there once those on their way out have gone. Half-made ones are none."""

    def all_stay():
        found = engine.sandboxes()
        assert all(container["State"] not in ("removing", "dead") for container in found), found
        return [[container for container in found if not is_unfinished(container)]]

    return eventually(all_stay)[0]


def failed(results):
    """What the calls that failed said."""
    return "\n".join(str(result) for result in results if result.code != 0)


def is_unfinished(container):
    return container["Names"][0].startswith("/sandbox-unfinished-")


def test_fifty_at_once_share_one_sandbox(crowd, cli, tiny, clean_engine):
    for _ in range(RACES):
        for _ in range(CROWD):
            crowd.start(["run", "-d", "-t", tiny, "claude"])
        results = crowd.results()
        assert not failed(results), failed(results)
        assert len({result.last_line for result in results}) == 1, {result.out for result in results}
        (only,) = settled(clean_engine)
        assert only["Id"] == results[0].last_line
        cli.sandbox("rm", ".").check()


def test_fifty_names_at_once_make_one_sandbox(crowd, tiny, clean_engine):
    for number in range(CROWD):
        crowd.start(["run", "-d", "-q", "-t", tiny, "--name", f"name{number}", "claude"])
    results = crowd.results()
    assert not failed(results), failed(results)
    assert len({result.last_line for result in results}) == 1
    (only,) = settled(clean_engine)
    winner = only["Names"][0][1:]
    told = [result for result in results if winner in result.err]
    # All but the one whose name it has are told so.
    assert len(told) == CROWD - 1, told


# Other process numbers, another host name, another /proc: nothing that one side could learn of the other but through the engine.
ANOTHER_HOST = ["unshare", "--uts", "--ipc", "--mount", "--pid", "--fork", "--mount-proc", "--kill-child"]


def test_two_hosts_share_one_sandbox_of_one_engine(crowd, tiny, clean_engine):
    for number in range(20):
        crowd.start(["run", "-d", "-t", tiny, "claude"], before=ANOTHER_HOST if number % 2 else ())
    results = crowd.results()
    assert not failed(results), failed(results)
    (only,) = settled(clean_engine)
    assert {result.last_line for result in results} == {only["Id"]}


def test_workspaces_do_not_wait_for_each_other_nor_share(crowd, tiny, workspaces):
    directories = [workspaces(f"w{number}") for number in range(10)]
    for directory in directories * 3:
        crowd.start(["run", "-d", "-t", tiny, "-w", str(directory), "claude"])
    results = crowd.results()
    assert not failed(results), failed(results)
    by_directory = [{result.last_line for result in results[i::10]} for i in range(10)]
    assert all(len(found) == 1 for found in by_directory)
    assert len(set.union(*by_directory)) == 10


def test_sessions_of_a_crowd_run_side_by_side(crowd, tiny):
    for number in range(20):
        crowd.start(["run", "-t", tiny, "claude", "sh", f"echo {number}"])
    results = crowd.results()
    assert [(result.code, result.out) for result in results] == [(0, f"{number}\n") for number in range(20)]


def test_runs_succeed_while_others_remove_their_sandbox(crowd, cli, tiny, clean_engine):
    for _ in range(RACES):
        for _ in range(8):
            crowd.start(["run", "-d", "-t", tiny, "claude"])
            crowd.start(["rm", "-f", "."])
            crowd.start(["run", "-t", tiny, "claude", "--version"])
        results = crowd.results()
        # An agent whose sandbox is removed under it is killed with it; nothing else goes wrong.
        wrong = [result for result in results if result.code != 0 and (result.command[1] != "run" or result.code != 137)]
        assert not wrong, "\n".join(map(str, wrong))
        assert len(settled(clean_engine)) <= 1
        after = cli.sandbox("run", "-d", "-t", tiny, "claude").check().last_line
        assert [container["Id"] for container in settled(clean_engine)] == [after]


def test_recreating_at_once_leaves_one_sandbox(crowd, cli, tiny, clean_engine):
    cli.sandbox("run", "-d", "-t", tiny, "claude").check()
    for number in range(6):
        crowd.start(["run", "-d", "--recreate", "-t", tiny, "-e", f"A={number % 2}", "claude"])
    results = crowd.results()
    assert not failed(results), failed(results)
    (only,) = settled(clean_engine)
    assert only["Id"] in {result.last_line for result in results}


def test_a_creator_that_stalls_is_not_overtaken_by_two(cli, tiny, clean_engine):
    """Stopped at random points, it goes on when the others have long waited or taken over."""
    for _ in range(3):
        stalled = cli.start([cli.plugin_path, "run", "-d", "-t", tiny, "claude"])
        time.sleep(random.uniform(0, 0.15))
        stalled.signal(signal.SIGSTOP)
        other = cli.start([cli.plugin_path, "run", "-d", "-t", tiny, "claude"])
        time.sleep(random.uniform(0, 0.3))
        stalled.signal(signal.SIGCONT)
        first, second = stalled.finish().check().last_line, other.finish().check().last_line
        assert first == second
        assert [container["Id"] for container in settled(clean_engine)] == [first]
        cli.sandbox("rm", ".").check()


COMMANDS = [
    ["run", "-d", "-t", None, "claude"],
    ["run", "-d", "--recreate", "--force", "-t", None, "claude"],
    ["run", "-t", None, "claude", "--version"],
    ["rm", "."],
    ["stop", "."],
    ["prune", "-f"],
]


def test_killed_at_any_moment_the_next_run_works(cli, tiny, workspace, clean_engine):
    seed = random.randrange(1 << 32)
    chance = random.Random(seed)
    (workspace / "file").write_text("kept")
    for number in range(KILLS):
        words = [tiny if word is None else word for word in chance.choice(COMMANDS)]
        context = f"seed {seed}, round {number}: {words}"
        if chance.random() < 0.5:
            cli.plugin("rm", "-f", ".").check()
        victims = [cli.start([cli.plugin_path, *words]) for _ in range(chance.choice((1, 1, 3)))]
        time.sleep(chance.uniform(0, 0.3))
        for victim in victims:
            victim.signal(signal.SIGKILL)
            victim.finish()
        # What a killed process asked the engine for last may still be done, and then comes after this run.
        may_remove = words[0] in ("rm", "prune")
        may_replace = "--recreate" in words
        may_stop = may_remove or may_replace or words[0] == "stop"
        after = cli.plugin("run", "-d", "-t", tiny, "claude")
        assert after.code == 0, f"{context}\n{after}"
        found = [container["Id"] for container in settled(clean_engine)]
        as_usual = found == [after.last_line]
        assert as_usual or (may_replace and found) or (may_remove and not found), f"{context}: {found}\n{after}"

        def entered():
            seen = cli.plugin("run", "-t", tiny, "claude", "sh", "cat file")
            if seen.code != 0 and may_stop:
                return False
            return (seen.code, seen.out) == (0, "kept") or pytest.fail(f"{context}\n{seen}")

        eventually(entered, what=context)
        assert len(settled(clean_engine)) == 1, context

    def nothing_half_made():
        cli.plugin("run", "-d", "-t", tiny, "claude").check()
        return not [container for container in clean_engine.sandboxes() if is_unfinished(container)]

    eventually(nothing_half_made)

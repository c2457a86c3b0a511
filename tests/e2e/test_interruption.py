# SPDX-License-Identifier: Apache-2.0
"""Exit codes 130 and 143; a call that ends at any moment leaves nothing half-made in the way."""

import signal

import pytest
from support.held_proxy import HeldProxy
from support.waiting import eventually

# The engine calls that create a sandbox, as far as every version of it makes them.
CALLS = [
    (r"GET .*/containers/json", "before"),
    (r"POST .*/containers/create", "before"),
    (r"POST .*/containers/create", "after"),
    (r"POST .*/containers/[^/]+/start", "before"),
    (r"POST .*/containers/[^/]+/start", "after"),
    (r"POST .*/containers/[^/]+/rename", "before"),
]

# Then it is there, but nobody has entered it yet.
PUBLISHED = (r"POST .*/containers/[^/]+/rename", "after")


def name_of(case):
    call, when = case
    return f"{when} {call.split('.*')[1]}"


@pytest.fixture
def hold(clean_engine, test_directory):
    """Puts a HeldProxy in front of the engine."""
    opened = []

    def make(call, when):
        proxy = HeldProxy(str(test_directory / f"held{len(opened)}.sock"), clean_engine.socket_path, call, when)
        opened.append(proxy.__enter__())
        return proxy

    yield make
    for proxy in opened:
        proxy.__exit__()


@pytest.mark.parametrize("moment", [*CALLS, PUBLISHED], ids=name_of)
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["INT", "TERM"])
def test_an_interrupted_run_removes_what_it_created(cli, tiny, clean_engine, hold, moment, number, code):
    """130 / 143: interrupted / terminated before the agent started; what this call had created is removed again."""
    proxy = hold(*moment)
    process = cli.start([cli.plugin_path, "run", "-t", tiny, "claude", "args"], env={"DOCKER_HOST": proxy.host})
    proxy.wait()
    process.signal(number)
    proxy.release()
    process.finish(b"").check(code, "")
    assert not clean_engine.containers()
    cli.sandbox("run", "-t", tiny, "claude", "exit", "3").check(3)


@pytest.mark.parametrize("moment", CALLS[1:], ids=name_of)
def test_after_a_killed_run_the_next_one_works(cli, tiny, clean_engine, hold, moment):
    """Killed at any instant (SIGKILL too), the next `run` succeeds and finds at most one sandbox."""
    proxy = hold(*moment)
    process = cli.start([cli.plugin_path, "run", "-d", "-t", tiny, "claude"], env={"DOCKER_HOST": proxy.host})
    proxy.wait()
    process.signal(signal.SIGKILL)
    process.finish(b"").check(-signal.SIGKILL)
    cli.sandbox("ls", "-q").check(0, "")
    proxy.release()
    cli.sandbox("run", "-t", tiny, "claude", "exit", "3").check(3)
    eventually(lambda: len(clean_engine.containers()) == 1, what="one container is left")
    assert len(cli.sandbox("ls", "-q").check(0).lines) == 1


def test_an_interrupt_through_the_docker_cli_ends_both(each_cli, tiny, clean_engine, hold):
    """As Ctrl-C does it: to the docker CLI and the plugin alike."""
    proxy = hold(r"POST .*/containers/[^/]+/start", "before")
    process = each_cli.start_sandbox("run", "-t", tiny, "claude", "args", env={"DOCKER_HOST": proxy.host})
    proxy.wait()
    process.signal_group(signal.SIGINT)
    proxy.release()
    process.finish(b"").check(130, "")
    assert not clean_engine.containers()

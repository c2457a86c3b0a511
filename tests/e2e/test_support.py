# SPDX-License-Identifier: Apache-2.0
"""The fixtures themselves: a test bed that does not hold would prove nothing."""

import signal

import pytest
from support import leftovers
from support.held_proxy import HeldProxy
from support.waiting import eventually


def test_the_tiny_template_runs_the_scripted_agent(cli, tiny, workspace):
    ran = cli.docker("run", "--rm", "-v", f"{workspace}:{workspace}", "-w", str(workspace), tiny, "claude", "args", "a b")
    ran.check(0, "approval=[]\n[a b]\n", "")


def test_a_derived_image_is_built(cli, tiny, image):
    derived = image(f"FROM {tiny}\nCOPY note /note\n", files={"note": b"hello"})
    cli.docker("run", "--rm", derived, "cat", "/note").check(0, "hello")


def test_a_terminal_has_the_size_and_the_keys(cli, tiny):
    terminal = cli.open_terminal([cli.docker_path, "run", "-it", "--rm", tiny, "claude", "size"], rows=31, columns=97)
    terminal.wait_for("31 97")
    terminal.resize(20, 60)
    # docker may be told of it before it listens: its program runs already by then.
    terminal.wait_for(lambda screen: screen.signal(signal.SIGWINCH) or "20 60" in screen.text())
    terminal.send("\r")
    assert terminal.finish() == 0, terminal


def test_processes_left_behind_are_found(cli, marker):
    process = cli.start(["sleep", "1000"])
    assert process.pid in eventually(lambda: leftovers.processes(marker))
    process.signal(signal.SIGKILL)
    assert process.finish().code == -signal.SIGKILL
    assert process.pid not in leftovers.processes(marker)


def test_what_is_left_on_the_engine_is_found_and_removed(cli, tiny, clean_engine):
    before = clean_engine.objects()
    cli.docker("network", "create", "sandbox-e2e-left").check()
    words = ("run", "-d", "--name", "left", "--network", "sandbox-e2e-left", "-v", "sandbox-e2e-left:/left", tiny)
    cli.docker(*words, "sleep", "1000").check()
    clean_engine.commit("left", "sandbox-e2e/left:1")
    left = clean_engine.objects() - before
    assert sorted(kind for kind, _, _ in left) == ["container", "image", "network", "volume"]
    leftovers.remove(clean_engine, left)
    assert clean_engine.objects() == before


def test_containers_reach_the_model_api(cli, tiny, model_api):
    ran = cli.docker("run", "--rm", tiny, "wget", "-q", "-O", "-", "--post-data", "{}", f"{model_api.url}/v1/messages")
    assert '"role": "assistant"' in ran.check().out, ran
    assert [request.path for request in model_api.turns()] == ["/v1/messages"]


def test_an_engine_of_its_own_survives_stop_kill_and_power_cut(own_dockerd, make_cli, workspace, tiny, clean_engine):
    own = own_dockerd()
    cli = make_cli(workspace, host=own.host)
    own.load(cli.docker_path, clean_engine.host, tiny)
    identity = cli.docker("run", "-d", "--init", tiny, "sleep", "1000").check().out.strip()
    assert own.engine.state(identity) == "running"
    for interruption in (own.stop, own.kill, own.power_cut):
        interruption()
        assert not own.engine.answers()
        own.start()
        assert own.engine.state(identity) == "exited"
        own.engine.post(f"/containers/{identity}/start")
        assert own.engine.state(identity) == "running"


def test_assertions_are_on():
    """Those of support's modules, too, which pytest does not put in by itself: python -O leaves them out."""
    with pytest.raises(AssertionError):
        HeldProxy("/nonexistent/socket", "/nonexistent/engine", "", when="never")

# SPDX-License-Identifier: Apache-2.0
"""How sessions end that do not end by themselves: detach keys, lack of memory, signals, a reader that goes."""

import json
import re
import signal
import threading

import pytest
from support.waiting import eventually

from conftest import SOAK


def processes(engine, sandbox):
    return "\n".join(engine.processes(sandbox))


def test_detach_keys_of_the_docker_configuration_leave_the_agent_alone(cli, sandbox, clean_engine, test_directory):
    """Exit 0, and the agent goes on; the first of them is a key as any when another one follows."""
    configuration = test_directory / "configuration"
    configuration.mkdir()
    (configuration / "config.json").write_text(json.dumps({"detachKeys": "ctrl-x,d"}), encoding="ascii")
    script = "stty raw -echo; printf 'ready\\r\\n'; head -c 4 | od -An -tx1; exec sleep 7006"
    session = [cli.plugin_path, "--config", str(configuration), "run", "claude", "sh", script]
    terminal = cli.open_terminal(session)
    terminal.wait_for("ready")
    terminal.send("\x18e\x10\x11")
    terminal.wait_for("18 65 10 11")
    terminal.send("\x18d")
    assert terminal.finish() == 0, terminal
    assert "sleep 7006" in processes(clean_engine, sandbox)


@pytest.mark.not_on_podman("sets no limit of memory for what runs", before=5)
@pytest.mark.parametrize("lasts", [False, True], ids=["at once", "after a while"])
def test_an_agent_that_memory_ended_says_so(cli, sandbox, clean_engine, workspace, lasts):
    cli.docker("update", "--memory", "64m", "--memory-swap", "64m", sandbox).check()
    wait = "until [ -e go ]; do sleep 0.05; done;" if lasts else ""
    process = cli.start_sandbox("run", "claude", "sh", wait + "exec dd if=/dev/zero of=/dev/null bs=512M count=1")
    if lasts:
        eventually(lambda: "docker-sandbox-watch" in processes(clean_engine, sandbox), what="the session is watched over")
        (workspace / "go").touch()
    process.finish(b"").check(137, "", "The program was killed because the sandbox ran out of memory.\n")
    # Whoever is killed afterwards is not told the same.
    cli.sandbox("run", "claude", "die", "KILL").check(137, "", "")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT], ids=lambda number: number.name)
def test_a_signal_reaches_the_agent_and_its_children(cli, sandbox, workspace, number):
    """The whole process group; what the agent makes of it is its exit code."""
    name = number.name[3:]
    child = f"trap 'echo child >child; exit' {name}; echo ready; while :; do sleep 0.05; done"
    script = f"trap 'echo agent' {name}; sh -c \"{child}\"; exit 9"
    process = cli.start([cli.plugin_path, "run", "claude", "sh", script])
    assert process.stdout.readline() == b"ready\n"
    process.signal(number)
    process.finish(b"").check(9, "agent\n")
    assert (workspace / "child").read_text() == "child\n"


def test_an_agent_whose_reader_goes_ends_as_in_a_pipe(each_cli, sandbox, clean_engine):
    process = each_cli.start_sandbox("run", "claude", "sh", "exec yes 7007")
    assert process.stdout.readline() == b"7007\n"
    process.stdout.close()
    assert process.wait() == 141
    assert process.stderr.read() == b""
    eventually(lambda: "yes 7007" not in processes(clean_engine, sandbox), what="the agent has ended")


@pytest.mark.as_shipped
def test_a_long_stream_is_exact_and_takes_no_memory(cli, sandbox):
    """64 MiB there and back (1 GiB in a soak); the reader keeps up with nothing, so that whoever is too fast has to wait."""
    piece, pieces = bytes(range(256)) * 4096, 1024 if SOAK else 64
    process = cli.start([cli.plugin_path, "exec", "-i", sandbox, "cat"])

    def write():
        for _ in range(pieces):
            process.stdin.write(piece)
        process.stdin.flush()

    writer = threading.Thread(target=write)
    writer.start()
    for _ in range(pieces):
        assert process.stdout.read(len(piece)) == piece
    writer.join()
    with open(f"/proc/{process.pid}/status", encoding="ascii") as file:
        peak = int(re.search(r"VmHWM:\s+(\d+) kB", file.read())[1])
    assert peak < 16 * 1024
    process.finish(b"").check(0, "", "")

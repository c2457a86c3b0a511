# SPDX-License-Identifier: Apache-2.0
"""Sessions beside `docker exec` with the same program and the same input: what comes back has to be the same."""

import os
import re
import signal
import termios

import pytest
from support.waiting import eventually

EVERY_BYTE = bytes(range(256))
# The program, and what it is given to read.
PIPED = {
    "every byte": ("cat", EVERY_BYTE * 64),
    "no input": ("cat", b""),
    "no end of line": ("cat; printf end", b"one\ntwo"),
    "both streams": ("cat; tr a-z A-Z </proc/uptime >/dev/null; printf out; printf err >&2", b"in"),
    "output after the input's end": ("cat >/dev/null; i=0; while [ $i -lt 3000 ]; do echo $i; i=$((i+1)); done", b"x" * 100000),
    "input that nobody reads": ("echo done", b"y" * 200000),
    "a closed output": ("exec >&-; echo lost; echo told >&2", b""),
    "a background process": ("sleep 0.2 & echo early; wait; echo late", b""),
    "killed": ("kill -KILL $$", b""),
    "terminated": ("kill -TERM $$", b""),
    "interrupted": ("kill -INT $$", b""),
} | {f"exit {code}": (f"exit {code}", b"") for code in (0, 1, 2, 42, 124, 125, 126, 127, 128, 129, 130, 141, 143, 255)}
# Docker's own detach keys are taken out of the way on its side; ours has none.
DOCKER_EXEC_IT = ("exec", "-it", "--detach-keys", "ctrl-@,ctrl-@,ctrl-@,ctrl-@", "-u", "1000", "-w")
READ_KEYS = "stty raw -echo; printf 'ready\\r\\n'; head -c {} | od -An -v -tx1 | tr -d '\\n'; printf '\\r\\nend\\r\\n'"


def test_pipes_and_exit_codes_are_docker_exec_s(each_cli, sandbox, workspace, clean_engine):
    different = []
    for name, (script, data) in PIPED.items():
        if name == "input that nobody reads" and clean_engine.is_podman:
            continue  # it writes of a broken pipe into the program's stderr then, mostly
        words = ("sh", "-c", script)
        theirs = each_cli.docker("exec", "-i", "-u", "1000", "-w", str(workspace), sandbox, *words, data=data)
        for ours in (
            each_cli.sandbox("exec", "-i", sandbox, *words, data=data),
            each_cli.plugin("exec", "-i", sandbox, *words, data=data),
            each_cli.sandbox("run", "claude", "sh", script, data=data),
        ):
            if (ours.code, ours.stdout_bytes, ours.stderr_bytes) != (theirs.code, theirs.stdout_bytes, theirs.stderr_bytes):
                different.append(f"{name}:\n{ours}\n{theirs}")
    assert not different, "\n".join(different)


def typed(terminal, keys):
    terminal.wait_for("ready")
    terminal.send(keys)
    terminal.wait_for("end")
    assert terminal.finish() == 0
    return re.search(rb"ready\r+\n(.*?)\r+\nend", terminal.raw, re.S)[1].split()


def test_every_key_comes_through_as_docker_exec_has_it(each_cli, sandbox, workspace):
    """Ctrl-C, Ctrl-Z, Ctrl-P, Ctrl-Q, bracketed paste, mouse and kitty keys: bytes as any."""
    keys = EVERY_BYTE[1:] + b"\x10\x11\x1b[200~paste\x1b[201~\x1b[<0;10;20M\x1b[97;5u\x1bOA\x10\x11"
    words = ("sh", "-c", READ_KEYS.format(len(keys)))
    theirs = typed(each_cli.open_terminal([each_cli.docker_path, *DOCKER_EXEC_IT, str(workspace), sandbox, *words]), keys)
    assert bytes.fromhex(b"".join(theirs).decode()) == keys
    assert typed(each_cli.sandbox_terminal("exec", "-it", sandbox, *words), keys) == theirs
    assert typed(each_cli.sandbox_terminal("run", "claude", "sh", words[-1]), keys) == theirs


@pytest.mark.not_on_podman("may stay with an older one of many sizes in a row", before=5)
@pytest.mark.usefixtures("sandbox")
def test_the_size_is_right_from_the_first_byte_and_after_a_burst(each_cli):
    """`docker exec` is no measure here: its program may run before it has a size, and of a burst an older one may come last."""
    script = "stty size; echo $TERM; trap 'stty size' WINCH; until read -r line; do :; done"
    terminal = each_cli.sandbox_terminal("run", "claude", "sh", script, rows=31, columns=97, env={"TERM": "xterm-256color"})
    terminal.wait_for("xterm-256color")
    assert terminal.text().splitlines()[:2] == ["31 97", "xterm-256color"]
    for rows in range(20, 45):
        terminal.resize(rows, rows * 3)
    terminal.wait_for("44 132")
    terminal.send("\r")
    assert terminal.finish() == 0


# A shell with job control around the session. It says when it has the terminal, and waits for a line each time.
SHELL = """
set -m
echo begin; read -r line
"$@"; code=$?
while [ $code = 148 ]; do echo suspended; read -r line; fg >/dev/null; code=$?; done
echo "code $code"; read -r line
"""
# An agent that leaves nothing as it was.
UNTIDY = "stty raw -echo; printf '\\033[?1049h\\033[?25l\\033[?1000hhello'; read -r line; eval \"$line\""
TIDIED = (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?1000l")


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        return [int(child) for child in file.read().split()]


@pytest.mark.parametrize("ending", ["exits", "is killed", "is terminated", "is suspended", "loses its engine"])
@pytest.mark.usefixtures("sandbox")
def test_the_terminal_is_as_it_was_when_the_session(cli, proxy, ending):
    """Also when the agent is killed in the alternate screen."""
    session = [cli.plugin_path, "run", "claude", "sh", UNTIDY]
    shell = cli.open_terminal(["bash", "--norc", "-c", SHELL, "bash", *session], env={"DOCKER_HOST": proxy.host})
    shell.wait_for("begin")
    before = termios.tcgetattr(shell.fd)
    shell.send("\r")
    shell.wait_for("hello")
    assert termios.tcgetattr(shell.fd) != before
    (client,) = (child for child in children(shell.pid) if "run" in command_line(child))
    if ending == "exits":
        shell.send("exit 0\n")
    elif ending == "is killed":
        shell.send("kill -KILL $$\n")
    elif ending == "is terminated":
        os.kill(client, signal.SIGTERM)
    elif ending == "loses its engine":
        proxy.cut()
    else:
        os.kill(client, signal.SIGTSTP)
        shell.wait_for("suspended")
        assert termios.tcgetattr(shell.fd) == before
        shell.send("\r")
        eventually(lambda: termios.tcgetattr(shell.fd) != before, what="the session has the terminal again")
        os.kill(client, signal.SIGTERM)
    shell.wait_for({"exits": "code 0", "is killed": "code 137", "loses its engine": "code 125"}.get(ending, "code 143"))
    assert termios.tcgetattr(shell.fd) == before
    # A program that ends well may leave the screen as it likes, as it may without a sandbox.
    if ending != "exits":
        assert all(sequence in shell.raw for sequence in TIDIED)
    shell.send("\r")
    assert shell.finish() == 0


def command_line(pid):
    with open(f"/proc/{pid}/cmdline", encoding="utf-8") as file:
        return file.read().split("\0")

# SPDX-License-Identifier: Apache-2.0
"""Exit codes and the text of errors."""

import contextlib
import socket
import threading

import pytest
from support.sentences import DOWN, RUN_USAGE, cannot_connect


def flag_error(sentence, usage, command):
    return f"{sentence}\n\nUsage:  {usage}\n\nRun '{command} --help' for more information\n"


@pytest.mark.parametrize(
    ("words", "sentence", "usage"),
    [
        (["run", "--nonsense", "claude"], "unknown flag: --nonsense", RUN_USAGE),
        (["run", "-x", "claude"], "unknown shorthand flag: 'x' in -x", RUN_USAGE),
        (["run", "--name"], "flag needs an argument: --name", RUN_USAGE),
        (["run", "-e"], "flag needs an argument: 'e' in -e", RUN_USAGE),
        (["ls", "--env"], "unknown flag: --env", None),
        (["rm", "--nonsense", "x"], "unknown flag: --nonsense", None),
        (["inspect", "--nonsense", "x"], "unknown flag: --nonsense", None),
        (["version", "--nonsense"], "unknown flag: --nonsense", None),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_bad_flag_is_told_with_the_usage_and_exits_125(each_cli, words, sentence, usage):
    """`unknown flag: …` + usage + `Run … --help`, exit 125; an unknown or malformed flag, on every command."""
    failed = each_cli.sandbox(*words).check(125, "")
    usage = usage or each_cli.sandbox(words[0], "--help").lines[0].removeprefix("Usage:  ")
    assert failed.err == flag_error(sentence, usage, f"docker sandbox {words[0]}"), failed


def test_a_bad_flag_in_front_of_the_command_exits_125(each_cli):
    failed = each_cli.sandbox("--nonsense", "ls").check(125, "")
    assert failed.err == flag_error("unknown flag: --nonsense", "docker sandbox [OPTIONS] COMMAND", "docker sandbox")


@pytest.mark.parametrize("command", ["rm", "inspect"])
def test_a_missing_argument_exits_1(each_cli, command):
    """`docker: 'docker sandbox rm' requires at least 1 argument` + usage + `See …`, exit 1."""
    each_cli.sandbox(command).check(
        1,
        "",
        f"docker: 'docker sandbox {command}' requires at least 1 argument\n\n"
        f"Usage:  docker sandbox {command} SANDBOX [SANDBOX...]\n\n"
        f"See 'docker sandbox {command} --help' for more information\n",
    )


@pytest.mark.parametrize("command", ["ls", "version"])
def test_an_argument_too_many_exits_1(each_cli, command):
    """Wrong number of arguments: exit 1."""
    failed = each_cli.sandbox(command, "x").check(1, "")
    assert failed.err.startswith(f"docker: 'docker sandbox {command}' accepts no arguments\n\nUsage:  "), failed


def test_an_unknown_command_exits_1(each_cli):
    """`docker: unknown command: docker sandbox x` + usage + `Run …`, exit 1."""
    failed = each_cli.sandbox("x").check(1, "")
    assert failed.err.startswith("docker: unknown command: docker sandbox x\n"), failed
    assert failed.err.endswith(
        "\nUsage:  docker sandbox [OPTIONS] COMMAND\n\nRun 'docker sandbox --help' for more information\n"
    ), failed


def test_run_without_an_agent_lists_the_agents(each_cli):
    """`run` without an agent: the "requires at least 1 argument" form, and after it the available agents."""
    each_cli.sandbox("run").check(
        1,
        "",
        "docker: 'docker sandbox run' requires at least 1 argument\n\n"
        f"Usage:  {RUN_USAGE}\n\n"
        "See 'docker sandbox run --help' for more information\n\n"
        "Available Agents:\n"
        "  claude          Run Claude AI agent inside a sandbox\n"
        "  gemini          Run Gemini AI agent inside a sandbox\n",
    )


def test_an_unknown_agent_exits_125(each_cli):
    """`invalid agent: copilot (must be one of: claude, gemini)`, exit 125."""
    each_cli.sandbox("run", "copilot").check(125, "", "invalid agent: copilot (must be one of: claude, gemini)\n")


@pytest.mark.parametrize(
    ("words", "code"),
    [(["run", "claude"], 125), (["ls"], 1), (["inspect", "x"], 1), (["rm", "x"], 1), (["run", "-d", "claude"], 125)],
    ids=lambda value: " ".join(value) if isinstance(value, list) else str(value),
)
def test_an_engine_that_is_down_is_named(each_cli, words, code):
    """Engine down: `Cannot connect to the Docker daemon at <endpoint>. Is the docker daemon running?`"""
    failed = each_cli.sandbox(*words, env={"DOCKER_HOST": DOWN}).check(code, "")
    assert failed.err.splitlines()[0] == cannot_connect(DOWN), failed


def test_a_socket_without_permission_gets_docker_s_sentence_and_a_hint(make_cli, workspace, clean_engine):
    """No permission on the socket: the docker CLI's sentence, and the hint about the `docker` group."""
    stranger = make_cli(workspace, uid=2001, groups=[])
    failed = stranger.sandbox("ls").check(1, "")
    sentence = f"permission denied while trying to connect to the Docker daemon socket at {clean_engine.host}"
    assert sentence in stranger.docker("ps").err and sentence in failed.err, failed
    assert "docker" in failed.err.split(sentence)[1] and "group" in failed.err, failed


@pytest.fixture
def answering(test_directory):
    """Starts an engine that gives one answer to everything: answering(b"…") -> its host."""
    path = str(test_directory / "answering.sock")
    server = socket.socket(socket.AF_UNIX)
    threads = []

    def serve(answer):
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection, contextlib.suppress(ConnectionError):  # who gives up need not have read all
                connection.recv(65536)
                connection.sendall(answer)

    def start(answer):
        server.bind(path)
        server.listen()
        threads.append(threading.Thread(target=serve, args=(answer,)))
        threads[0].start()
        return f"unix://{path}"

    yield start
    if threads:
        server.shutdown(socket.SHUT_RDWR)
    server.close()
    for thread in threads:
        thread.join()


@pytest.mark.parametrize(
    "answer",
    [b"", b"rubbish\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nrubbish", b"HTTP/1.1 200 OK\r\n\r\n{"],
    ids=["nothing", "rubbish", "no JSON", "half an object"],
)
def test_an_engine_that_answers_rubbish_is_one_sentence(cli, answering, answer):
    """Error text: one sentence that says what failed, on what, and why; never a stack trace."""
    host = answering(answer)
    failed = cli.sandbox("ls", env={"DOCKER_HOST": host}).check(1, "")
    assert len(failed.err.strip().splitlines()) <= 3 and host.removeprefix("unix://") in failed.err, failed
    cli.sandbox("run", "claude", env={"DOCKER_HOST": host}).check(125, "")


def test_an_engine_that_is_too_old_is_told(cli, answering):
    host = answering(b"HTTP/1.1 200 OK\r\nApi-Version: 1.40\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]")
    told = f"the engine at {host} is too old: it speaks API 1.40, and at least 1.41 (Docker Engine 20.10) is needed\n"
    cli.sandbox("ls", env={"DOCKER_HOST": host}).check(1, "", told)
    cli.sandbox("run", "claude", env={"DOCKER_HOST": host}).check(125, "", told)


def test_the_agent_s_exit_status_is_passed_through(each_cli, tiny):
    """Exit codes: the agent's own, passed through unchanged."""
    for status in (0, 1, 2, 42, 125, 126, 127, 130, 255):
        each_cli.sandbox("run", "-q", "-t", tiny, "claude", "exit", str(status)).check(status, "", "")


def test_an_agent_that_a_signal_ended_gives_128_and_the_number(each_cli, tiny):
    """128+N when a signal ended it."""
    for name, number in (("TERM", 15), ("KILL", 9), ("SEGV", 11)):
        each_cli.sandbox("run", "-q", "-t", tiny, "claude", "die", name).check(128 + number, "", "")

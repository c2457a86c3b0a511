# SPDX-License-Identifier: Apache-2.0
"""Completion as a user's shell asks for it: through the docker CLI's own script, and through the older one that calls the
plugin itself; with a real bash on a terminal."""

import contextlib
import os
import shutil
import socket
import subprocess
import threading

import pytest

from conftest import missing

FRAMEWORK = "/usr/share/bash-completion/bash_completion"
# Of distributions that ship the static script beside the docker CLI.
STATIC_SCRIPT = "/usr/share/bash-completion/completions/docker"
KEY_TAB = "\t"
KEY_CLEAR_LINE = "\x15"
PROMPT = "ready> "


def can_generate(docker):
    return subprocess.run([docker, "completion", "bash"], capture_output=True, check=False).returncode == 0


class Shell:
    """A bash with completion, at its prompt."""

    def __init__(self, user, script):
        if not os.path.exists(FRAMEWORK):
            missing(f"bash-completion is not installed: there is no {FRAMEWORK}")
        directory = os.path.dirname(user.docker_path)
        self.terminal = user.open_terminal(
            ["bash", "--norc", "--noprofile", "-i"],
            env={"PS1": PROMPT, "PATH": f"{directory}:{os.environ['PATH']}", "INPUTRC": "/dev/null"},
            rows=40,
            columns=160,
        )
        self.terminal.wait_for(PROMPT.strip())
        self.terminal.send(
            "bind 'set show-all-if-ambiguous on'; bind 'set bell-style none'; bind 'set enable-bracketed-paste off'; "
            f"source {FRAMEWORK}; {script}; clear; echo the shell is $((1 + 1))\n"
        )
        self.terminal.wait_for("the shell is 2")

    def completed(self, line, *wanted):
        """Types the line and Tab, and waits until the screen shows all that is wanted."""
        self.terminal.send(KEY_CLEAR_LINE + line + KEY_TAB)
        for text in wanted:
            self.terminal.wait_for(text.strip())  # the screen shows no blanks at the ends of lines


@pytest.fixture
def shell(make_cli, docker_paths, workspace, tiny):
    """A shell with the script that the docker CLI generates, and a sandbox of the name my-box."""
    docker = next((path for path in docker_paths if can_generate(path)), None)
    if docker is None:
        pytest.skip("no docker CLI here generates a completion script (23.0 and later do)")
    user = make_cli(workspace, docker=docker)
    user.sandbox("run", "-d", "-q", "--name", "my-box", "-t", tiny, "claude").check()
    return Shell(user, f"source <({docker} completion bash)")


def test_a_shell_completes_commands_options_values_and_sandboxes(shell, workspace):
    shell.completed("docker sandbox insp", "docker sandbox inspect ")
    shell.completed("docker sandbox run --cred", "docker sandbox run --credentials ")
    shell.completed("docker sandbox run --pull al", "docker sandbox run --pull always ")
    shell.completed("docker sandbox run --pull=ne", "docker sandbox run --pull=never ")
    shell.completed("docker sandbox run gem", "docker sandbox run gemini ")
    shell.completed("docker sandbox rm my", "docker sandbox rm my-box ")
    modes = ("host     (Share host credentials", "none     (Handle authentication manually)", "sandbox  (Authenticate once")
    shell.completed("docker sandbox run --credentials ", *modes)
    (workspace / "a-directory").mkdir()
    (workspace / "a-file").touch()
    shell.completed("docker sandbox run -w a-", "docker sandbox run -w a-directory/")


def test_a_shell_offers_the_sandboxes_with_a_description(shell, workspace, make_cli, tiny, workspaces):
    other = make_cli(workspaces("other"))
    other.sandbox("run", "-d", "-q", "--name", "my-other", "-t", tiny, "claude").check()
    shell.completed("docker sandbox rm my-", "my-other ", f"claude, running, {workspace}")


def test_a_shell_with_the_static_script_completes_sandboxes_too(make_cli, workspace, tiny):
    docker = shutil.which("docker", path="/usr/bin")
    if docker is None or not os.path.exists(STATIC_SCRIPT):
        pytest.skip(f"no docker CLI with {STATIC_SCRIPT}")
    user = make_cli(workspace, docker=docker)
    user.sandbox("run", "-d", "-q", "--name", "my-box", "-t", tiny, "claude").check()
    shell = Shell(user, f"source {STATIC_SCRIPT}")
    shell.completed("docker sandbox rm my", "docker sandbox rm my-box ")


def test_an_engine_that_never_answers_is_given_up(cli, test_directory):
    path = str(test_directory / "deaf.sock")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()
        cli.plugin("__complete", "sandbox", "rm", "", env={"DOCKER_HOST": f"unix://{path}"}).check(0, out=":4\n", err="")


def test_an_engine_that_stops_in_the_middle_is_given_up(cli, test_directory):
    path = str(test_directory / "slow.sock")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()

        def answer_half():
            connection, _ = listener.accept()
            with connection, contextlib.suppress(ConnectionError):  # who gives up need not have read all
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[")
                while connection.recv(65536):
                    pass

        thread = threading.Thread(target=answer_half)
        thread.start()
        try:
            cli.plugin("__complete", "sandbox", "rm", "", env={"DOCKER_HOST": f"unix://{path}"}).check(
                0, out=":4\n", err=""
            )
        finally:
            thread.join()

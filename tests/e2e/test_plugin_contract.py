# SPDX-License-Identifier: Apache-2.0
"""spec.md section 1: how the docker CLI finds, lists and runs the plugin; help, global options, exit codes, errors."""

import json
import os
import re
import socket
import threading

import pytest

TOP_HELP = re.compile(
    r"""Usage:  docker sandbox \[OPTIONS\] COMMAND

Local sandbox environments for AI agents, using Docker\.

Options:
  -D, --debug   Enable debug logging

Commands:
((?:  [a-z]+ +[A-Z][^\n]*\n)+)
Run 'docker sandbox COMMAND --help' for more information on a command\.
"""
)
SEEN_COMMANDS = {
    "inspect": "Display detailed information on one or more sandboxes",
    "ls": "List sandboxes",
    "rm": "Remove one or more sandboxes",
    "run": "Run an AI agent inside a sandbox",
    "version": "Show sandbox version information",
}
RUN_USAGE = "docker sandbox run [options] AGENT [agent-options]"


def flag_error(sentence, usage, command):
    return f"{sentence}\n\nUsage:  {usage}\n\nRun '{command} --help' for more information\n"


# -- invocation -----------------------------------------------------------------------------------------------------------


def test_the_metadata_is_one_json_object_and_needs_nothing(cli):
    """Invocation: the binary is a CLI plugin; the metadata call does no configuration, engine or logging work."""
    nothing = {"DOCKER_CONFIG": "/nonexistent", "DOCKER_HOST": "nonsense://", "HOME": None, "PATH": None}
    metadata = json.loads(cli.plugin("docker-cli-plugin-metadata", env=nothing).check(0, err="").out)
    assert metadata["SchemaVersion"] == "0.1.0"
    assert metadata["Vendor"]
    assert metadata["ShortDescription"] == "Docker Sandbox"
    assert re.fullmatch(r"v\d+\.\d+\.\d+.*", metadata["Version"])


def test_docker_help_lists_the_plugin(each_cli):
    """`docker --help` lists the plugin: `sandbox*   Docker Sandbox`."""
    listing = each_cli.docker("--help").check()
    assert re.search(r"^  sandbox\*\s+Docker Sandbox", listing.out, re.MULTILINE), listing
    assert "Invalid Plugins" not in listing.out, listing


def test_docker_info_has_the_vendor_and_the_version(each_cli):
    """... with our vendor and version in `docker info`."""
    plugins = json.loads(each_cli.docker("info", "--format", "{{json .ClientInfo.Plugins}}").check().out)
    metadata = json.loads(each_cli.plugin("docker-cli-plugin-metadata").out)
    (ours,) = [plugin for plugin in plugins if plugin["Name"] == "sandbox"]
    assert (ours["Vendor"], ours["Version"], ours.get("Err")) == (metadata["Vendor"], metadata["Version"], None)


@pytest.mark.parametrize(
    "words",
    [["sandbox", "--help"], ["sandbox", "-h"], ["help", "sandbox"], ["sandbox", "help"], ["sandbox"]],
    ids=" ".join,
)
def test_the_top_level_help_is_the_same_in_each_form(each_cli, words):
    """`docker help sandbox`, `docker sandbox --help`, `-h`, `docker sandbox` alone: the same text, stdout, exit 0."""
    shown = each_cli.docker(*words).check(0, err="")
    assert TOP_HELP.fullmatch(shown.out), shown
    assert shown.out == each_cli.plugin("--help").check(0, err="").out


def test_the_top_level_help_lists_the_commands_by_name(cli):
    """Top-level help [seen], plus our own commands in the same layout."""
    shown = cli.sandbox("--help").check()
    commands = dict(line.split(maxsplit=1) for line in TOP_HELP.fullmatch(shown.out).group(1).splitlines())
    assert commands.items() >= SEEN_COMMANDS.items(), shown
    assert list(commands) == sorted(commands), shown
    assert "  inspect     Display" in shown.out and "  ls          List" in shown.out, shown


@pytest.mark.parametrize(
    "words",
    [
        ["sandbox", "run", "--help"],
        ["sandbox", "run", "-h"],
        ["help", "sandbox", "run"],
        ["sandbox", "help", "run"],
        ["sandbox", "run", "-d", "--name", "x", "--help"],
    ],
    ids=" ".join,
)
def test_the_help_of_a_command_is_the_same_in_each_form(each_cli, words):
    """`docker sandbox run --help`: the same text in each form, on stdout, exit 0."""
    shown = each_cli.docker(*words).check(0, err="")
    assert shown.out.startswith(f"Usage:  {RUN_USAGE}\n"), shown
    assert shown.out == each_cli.plugin("run", "--help").check(0, err="").out


def test_the_help_of_run_describes_every_option(cli):
    """Section 2: the table of run's options and the agents."""
    text = " ".join(cli.sandbox("run", "--help").check().out.split())
    for described in (
        'Run an AI agent inside a sandbox with access to a host workspace. AGENT is one of: claude, gemini.',
        '--credentials string Credentials source (host, sandbox, or none) (default "sandbox")',
        "-d, --detached Create sandbox without running agent interactively",
        "-e, --env list Set environment variables (format: KEY=VALUE)",
        "--env-file list Read in a file of environment variables",
        "--mount-docker-socket Mount the host's Docker socket into the sandbox",
        "--name string Name for the sandbox",
        '--pull string Pull image before creating ("always", "missing", "never") (default "missing")',
        "-q, --quiet Suppress verbose output",
        "-t, --template string Container image to use for the sandbox (default: agent-specific image)",
        "-v, --volume list Bind mount a volume or host file or directory into the sandbox "
        "(format: hostpath:sandboxpath[:readonly|:ro])",
        '-w, --workspace string Workspace path (default ".")',
        "claude Run Claude AI agent inside a sandbox",
        "gemini Run Gemini AI agent inside a sandbox",
    ):
        assert described in text, described


def test_no_help_line_is_wider_than_80_columns(cli):
    names = TOP_HELP.fullmatch(cli.sandbox("--help").out).group(1).splitlines()
    for name in [line.split()[0] for line in names]:
        shown = cli.sandbox(name, "--help").check(0, err="")
        assert shown.out.startswith(f"Usage:  docker sandbox {name}"), shown
        assert max(map(len, shown.lines)) <= 80, shown


def test_the_binary_runs_with_and_without_the_leading_word(cli):
    """`docker-sandbox …`: the same commands, run directly, with or without the leading word `sandbox`."""
    assert cli.plugin("ls").check().out == cli.plugin("sandbox", "ls").check().out == cli.sandbox("ls").check().out


def test_version_is_one_line(each_cli):
    """`version`: one line: `docker-sandbox v1.2.3 <commit>`."""
    shown = each_cli.sandbox("version").check(0, err="")
    assert re.fullmatch(r"docker-sandbox v\d+\.\d+\.\d+\S* \S+\n", shown.out), shown


def test_the_plugin_is_found_in_an_extra_directory(cli, plugin, test_directory):
    """The binary is `docker-sandbox` in a CLI-plugin directory."""
    place = test_directory / "libexec"
    place.mkdir()
    os.link(plugin, place / "docker-sandbox")
    os.unlink(os.path.join(cli.config, "cli-plugins", "docker-sandbox"))
    cli.write_config(cliPluginsExtraDirs=[str(place)])
    cli.sandbox("version").check()


# -- docker's global options ----------------------------------------------------------------------------------------------

DOWN = "unix:///nonexistent/docker.sock"


def cannot_connect(endpoint):
    return f"Cannot connect to the Docker daemon at {endpoint}. Is the docker daemon running?"


@pytest.mark.parametrize(
    "options", [["-H", DOWN], [f"-H={DOWN}"], [f"--host={DOWN}"], ["--host", DOWN], ["-D", "-H", DOWN]], ids=" ".join
)
def test_the_host_option_is_honoured(each_cli, options):
    """`-H/--host` in front of the word `sandbox`, as the docker CLI forwards it."""
    failed = each_cli.docker(*options, "sandbox", "ls").check(1, "")
    assert cannot_connect(DOWN) in failed.err, failed


@pytest.mark.parametrize("form", ["-c other", "--context other", "--context=other", "-cother"])
def test_the_context_option_is_honoured(each_cli, form):
    """`-c/--context`."""
    environment = {"DOCKER_HOST": None}
    each_cli.docker("context", "create", "other", "--docker", f"host={DOWN}", env=environment).check()
    failed = each_cli.docker(*form.split(), "sandbox", "ls", env=environment).check(1, "")
    assert cannot_connect(DOWN) in failed.err, failed


def test_the_context_in_use_is_honoured(each_cli, clean_engine):
    """Section 4: `currentContext`; DOCKER_HOST overrides it."""
    environment = {"DOCKER_HOST": None}
    each_cli.docker(
        "context", "create", "here", "--docker", f"host={clean_engine.host}", env=environment
    ).check()
    each_cli.docker("context", "use", "here", env=environment).check()
    each_cli.sandbox("ls", env=environment).check(0, err="")
    assert cannot_connect(DOWN) in each_cli.sandbox("ls", env={"DOCKER_HOST": DOWN}).check(1, "").err


def test_the_config_option_is_honoured(each_cli, test_directory):
    """`--config`."""
    other = test_directory / "other-config"
    (other / "cli-plugins").mkdir(parents=True)
    os.symlink(each_cli.plugin_path, other / "cli-plugins" / "docker-sandbox")
    (other / "config.json").write_text(json.dumps({"currentContext": "nowhere"}))
    failed = each_cli.docker("--config", str(other), "sandbox", "ls", env={"DOCKER_HOST": None}).check(1, "")
    assert 'context "nowhere"' in failed.err, failed


@pytest.mark.parametrize(
    "words", [["-D", "sandbox", "ls"], ["--debug", "sandbox", "ls"], ["sandbox", "-D", "ls"], ["sandbox", "ls", "-D"]],
    ids=" ".join,
)
def test_debug_is_accepted_before_and_after_the_word(each_cli, words):
    """`-D/--debug`; also accepted after it. Logs go to stderr."""
    shown = each_cli.docker(*words).check(0)
    assert shown.out == each_cli.sandbox("ls").check(0, err="").out
    assert "engine: " in shown.err, shown


def test_debug_shows_the_plan_and_the_requests_and_no_secret(each_cli, tiny, workspace):
    """`--debug` shows what will be done, and each request to the engine with its time; values of variables are in none."""
    settings = {"API_TOKEN": "sk-taken-from-the-environment"}
    words = ("-t", tiny, "-e", "API_TOKEN", "-e", "PLAIN=given-on-the-line", "claude")
    shown = each_cli.docker("-D", "sandbox", "run", "-d", *words, env=settings).check(0)
    assert "plan: create" in shown.err, shown
    assert re.search(r"POST /v[\d.]+/containers/create\S* -> 201 \(\d+\.\d ms\)", shown.err), shown
    assert "sk-taken" not in shown.err and "given-on-the-line" not in shown.err, shown
    again = each_cli.docker("-D", "sandbox", "run", *words, env=settings).check(0)
    assert "plan: enter" in again.err and "sk-taken" not in again.err, again


def test_the_log_level_is_honoured(each_cli):
    """`-l/--log-level`."""
    assert each_cli.docker("-l", "debug", "sandbox", "ls").check().err
    each_cli.docker("--log-level", "fatal", "sandbox", "ls").check(0, err="")
    # The 28 CLI looks at the word itself, before it runs the plugin.
    refused = each_cli.docker("--log-level", "loud", "sandbox", "ls")
    assert refused.code != 0 and "Unable to parse logging level: loud" in refused.err, refused


def test_tls_options_are_honoured(each_cli, test_directory):
    """`--tls*`: the files are the ones that the options name."""
    missing = str(test_directory / "no-ca.pem")
    failed = each_cli.docker(
        "--tlsverify", "--tlscacert", missing, "-H", "tcp://127.0.0.1:1", "sandbox", "ls", env={"DOCKER_HOST": None}
    ).check(1, "")
    assert missing in failed.err, failed


# -- streams --------------------------------------------------------------------------------------------------------------


def test_nothing_has_control_characters_without_a_terminal(cli, tiny):
    """No colour and no control characters when the stream is not a terminal."""
    for result in (
        cli.sandbox("run", "-t", tiny, "claude", "args"),
        cli.sandbox("ls"),
        cli.sandbox("run", "--nonsense"),
        cli.sandbox("run", "-t", "sandbox-e2e/none:1", "--pull", "never", "claude"),
    ):
        assert not re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", result.stdout_bytes + result.stderr_bytes), result


def test_no_color_turns_colour_off_on_a_terminal(cli, tiny):
    """... or when NO_COLOR is set."""
    terminal = cli.sandbox_terminal("run", "--nonsense", env={"NO_COLOR": "1"})
    assert terminal.finish() == 125
    assert b"\x1b" not in terminal.raw, terminal


def test_nothing_is_written_outside_the_docker_configuration(cli, tiny):
    """No files outside DOCKER_CONFIG."""
    cli.sandbox("run", "-t", tiny, "claude", "args").check()
    cli.sandbox("ls").check()
    assert os.listdir(cli.home) == []
    assert os.listdir(cli.directory) == []


def test_no_network_is_needed_but_the_engine(cli, tiny):
    """No network traffic but to the engine: all works where there is no network at all."""
    alone = ["unshare", "--net", "--", cli.docker_path, "sandbox"]
    cli.run([*alone, "run", "-q", "-t", tiny, "claude", "exit", "3"]).check(3, "", "")
    assert len(cli.run([*alone, "ls", "-q"]).check(0).lines) == 1


@pytest.mark.parametrize("words", [["ls"], ["version"], ["--help"]], ids=" ".join)
def test_an_answer_that_cannot_be_written_is_a_failure(cli, words):
    """stdout carries the answer: one that is lost is no success."""
    failed = cli.run(["sh", "-c", 'exec "$0" "$@" >/dev/full', cli.plugin_path, *words]).check(1)
    assert "No space left on device" in failed.err, failed


# -- exit codes and error text --------------------------------------------------------------------------------------------


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


def test_the_engine_s_own_message_is_quoted(cli, tiny):
    """The engine's own message is quoted: `Error response from daemon: …`."""
    cli.docker("create", "--name", "taken", tiny).check()
    failed = cli.sandbox("run", "-t", tiny, "--name", "taken", "claude", "args")
    cli.docker("rm", "taken").check()
    failed.check(125, "")
    assert "taken" in failed.err, failed


@pytest.mark.parametrize(
    "answer",
    [b"", b"rubbish\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nrubbish", b"HTTP/1.1 200 OK\r\n\r\n{"],
    ids=["nothing", "rubbish", "no JSON", "half an object"],
)
def test_an_engine_that_answers_rubbish_is_one_sentence(cli, test_directory, answer):
    """Error text: one sentence that says what failed, on what, and why; never a stack trace."""
    path = str(test_directory / "rubbish.sock")
    server = socket.socket(socket.AF_UNIX)
    server.bind(path)
    server.listen()

    def serve():
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                connection.recv(65536)
                connection.sendall(answer)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        failed = cli.sandbox("ls", env={"DOCKER_HOST": f"unix://{path}"}).check(1, "")
        assert len(failed.err.strip().splitlines()) <= 3 and path in failed.err, failed
        cli.sandbox("run", "claude", env={"DOCKER_HOST": f"unix://{path}"}).check(125, "")
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join()


def test_the_agent_s_exit_status_is_passed_through(each_cli, tiny):
    """Exit codes: the agent's own, passed through unchanged."""
    for status in (0, 1, 2, 42, 125, 126, 127, 130, 255):
        each_cli.sandbox("run", "-q", "-t", tiny, "claude", "exit", str(status)).check(status, "", "")


def test_an_agent_that_a_signal_ended_gives_128_and_the_number(each_cli, tiny):
    """128+N when a signal ended it."""
    for name, number in (("TERM", 15), ("KILL", 9), ("SEGV", 11)):
        each_cli.sandbox("run", "-q", "-t", tiny, "claude", "die", name).check(128 + number, "", "")

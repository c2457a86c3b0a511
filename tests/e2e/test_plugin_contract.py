# SPDX-License-Identifier: Apache-2.0
"""How the docker CLI finds, lists and runs the plugin; help; what goes to which stream."""

import json
import os
import re

import pytest
from support.sentences import RUN_USAGE

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
    """The table of run's options and the agents."""
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


# -- streams --------------------------------------------------------------------------------------------------------------


def test_nothing_has_control_characters_without_a_terminal(cli, tiny, workspaces):
    """No colour and no control characters when the stream is not a terminal."""
    other = str(workspaces("other"))
    for result in (
        cli.sandbox("run", "-t", tiny, "claude", "args").check(0),
        cli.sandbox("ls").check(0),
        cli.sandbox("run", "--nonsense").check(125),
        cli.sandbox("run", "-t", "sandbox-e2e/none:1", "--pull", "never", "-w", other, "claude").check(125),
    ):
        assert not re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", result.stdout_bytes + result.stderr_bytes), result


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

# SPDX-License-Identifier: Apache-2.0
"""`docker sandbox exec` on a real engine."""

import os

import pytest


@pytest.fixture
def box(cli, tiny):
    """ID of a running sandbox of the tiny template in the workspace."""
    return cli.sandbox("run", "-d", "-q", "-t", tiny, "claude").check().last_line


def test_it_is_the_agents_user_in_the_workspace(cli, box, workspace):
    shown = cli.sandbox("exec", box, "sh", "-c", "id -u; pwd").check(0, err="")
    assert shown.lines == ["1000", str(workspace)]


def test_the_exit_code_and_both_streams_are_the_commands(cli, box):
    cli.sandbox("exec", ".", "sh", "-c", "echo out; echo err >&2; exit 42").check(42, out="out\n", err="err\n")


def test_input_goes_to_the_command_with_i_only(cli, box):
    every_byte = bytes(range(256)) * 7
    forwarded = cli.sandbox("exec", "-i", ".", "cat", data=every_byte).check(0)
    assert forwarded.stdout_bytes == every_byte
    cli.sandbox("exec", ".", "cat", data=b"lost").check(0, out="")


def test_options_end_at_the_sandbox(cli, box):
    cli.sandbox("exec", ".", "printf", "[%s]", "-e", "--", "-t", "--help").check(0, out="[-e][--][-t][--help]")


def test_user_directory_and_environment_are_the_ones_asked_for(cli, box):
    shown = cli.sandbox(
        "exec", "-u", "0", "-w", "/tmp", "-eA=1,2", "-e", "CALLERS", box, "sh", "-c", 'id -u; pwd; echo "$A $CALLERS"',
        env={"CALLERS": "value"},
    ).check(0, err="")
    assert shown.lines == ["0", "/tmp", "1,2 value"]


def test_a_stopped_sandbox_is_started_and_a_paused_one_goes_on(cli, box):
    cli.docker("stop", "--time", "0", box).check()
    cli.sandbox("exec", box, "true").check(0)
    cli.docker("pause", box).check()
    cli.sandbox("exec", box, "true").check(0)


def test_an_unknown_sandbox_is_125(cli):
    cli.sandbox("exec", "nothing", "true").check(125, out="", err="Error: no such sandbox: nothing\n")


def test_a_file_that_cannot_be_executed_is_126(cli, box, workspace):
    plain = workspace / "plain"
    plain.write_text("no program", encoding="utf-8")
    os.chmod(plain, 0o644)
    failed = cli.sandbox("exec", ".", str(plain)).check(126, out="")
    assert str(plain) in failed.err


def test_a_terminal_has_the_size_of_the_callers(cli, box):
    terminal = cli.sandbox_terminal("exec", "-it", box, "sh", "-c", "tty; stty size; exit 5", rows=33, columns=99)
    assert terminal.finish() == 5
    assert "/dev/pts/" in terminal.text()


def test_i_and_t_need_a_terminal(cli, box):
    cli.sandbox("exec", "-it", box, "true").check(125, out="", err="the input device is not a TTY\n")

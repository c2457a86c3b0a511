# SPDX-License-Identifier: Apache-2.0
"""`docker sandbox exec` on a real engine."""

import os


def test_it_is_the_agents_user_in_the_workspace(cli, sandbox, workspace):
    shown = cli.sandbox("exec", sandbox, "sh", "-c", "id -u; pwd").check(0, err="")
    assert shown.lines == ["1000", str(workspace)]


def test_the_exit_code_and_both_streams_are_the_commands(cli, sandbox):
    cli.sandbox("exec", ".", "sh", "-c", "echo out; echo err >&2; exit 42").check(42, out="out\n", err="err\n")


def test_input_goes_to_the_command_with_i_only(cli, sandbox):
    every_byte = bytes(range(256)) * 7
    forwarded = cli.sandbox("exec", "-i", ".", "cat", data=every_byte).check(0)
    assert forwarded.stdout_bytes == every_byte
    cli.sandbox("exec", ".", "cat", data=b"lost").check(0, out="")


def test_options_end_at_the_sandbox(cli, sandbox):
    cli.sandbox("exec", ".", "printf", "[%s]", "-e", "--", "-t", "--help").check(0, out="[-e][--][-t][--help]")


def test_user_directory_and_environment_are_the_ones_asked_for(cli, sandbox):
    shown = cli.sandbox(
        "exec", "-u", "0", "-w", "/tmp", "-eA=1,2", "-e", "CALLERS", sandbox, "sh", "-c", 'id -u; pwd; echo "$A $CALLERS"',
        env={"CALLERS": "value"},
    ).check(0, err="")
    assert shown.lines == ["0", "/tmp", "1,2 value"]


def test_a_stopped_sandbox_is_started_and_a_paused_one_goes_on(cli, sandbox):
    cli.docker("stop", "--time", "0", sandbox).check()
    cli.sandbox("exec", sandbox, "true").check(0)
    cli.docker("pause", sandbox).check()
    cli.sandbox("exec", sandbox, "true").check(0)


def test_an_unknown_sandbox_is_125(cli):
    cli.sandbox("exec", "nothing", "true").check(125, out="", err="Error: no such sandbox: nothing\n")


def test_a_file_that_cannot_be_executed_is_126(cli, sandbox, workspace):
    plain = workspace / "plain"
    plain.write_text("no program", encoding="utf-8")
    os.chmod(plain, 0o644)
    failed = cli.sandbox("exec", ".", str(plain)).check(126, out="")
    assert str(plain) in failed.err


def test_a_terminal_has_the_size_of_the_callers(cli, sandbox):
    terminal = cli.sandbox_terminal("exec", "-it", sandbox, "sh", "-c", "tty; stty size; exit 5", rows=33, columns=99)
    assert terminal.finish() == 5
    device, size = terminal.text().splitlines()
    assert device.startswith("/dev/pts/") and size == "33 99", terminal


def test_i_and_t_need_a_terminal(cli, sandbox):
    cli.sandbox("exec", "-it", sandbox, "true").check(125, out="", err="the input device is not a TTY\n")

# SPDX-License-Identifier: Apache-2.0
"""Variables of a sandbox: of its template, of files and options, and of the caller at each session."""

import pytest
from support.scripted_agent import variables


def test_variables_reach_every_process_of_the_container(cli, tiny, clean_engine):
    """Environment: in every process of the container; the template's own stays."""
    ran = cli.sandbox("run", "-t", tiny, "-e", "NODE_ENV=development", "-e", "URL=postgresql://h/a?b=c", "claude", "env")
    have = variables(ran)
    assert (have["NODE_ENV"], have["URL"], have["TEMPLATE_SAYS"]) == (
        "development", "postgresql://h/a?b=c", "hello",
    )  # fmt: skip
    identity = clean_engine.sandbox()["Id"]
    executed = cli.docker("exec", identity, "env").check()
    assert "NODE_ENV=development" in executed.lines, executed
    first = cli.docker("exec", identity, "cat", "/proc/1/environ").check()
    assert b"NODE_ENV=development" in first.stdout_bytes.split(b"\0")


def test_the_template_s_then_the_file_s_then_the_option_s_variables_count(cli, tiny, test_directory):
    """Environment: the template's, then `--env-file`, then `-e`. The file has docker run's grammar. A name alone is copied from
    the caller, of whose other variables none is there."""
    first, second = test_directory / "first.env", test_directory / "second.env"
    first.write_text("# a comment\n\nTEMPLATE_SAYS=file\nONE=first\nTWO=first\n  SPACED=a b \nCOPIED\nABSENT\n")
    second.write_text("TWO=second\nQUOTED='x'\nTHREE=file\n")
    options = ["--env-file", str(first), f"--env-file={second}", "-eTHREE=option", "-e", "ALSO", "-e", "GONE"]
    ran = cli.sandbox("run", "-t", tiny, *options, "claude", "env", env={"COPIED": "from the caller", "ALSO": "", "SECRET": "no"})
    have = variables(ran)
    names = ("TEMPLATE_SAYS", "ONE", "TWO", "THREE", "SPACED", "QUOTED", "COPIED", "ALSO")
    assert [have.get(name) for name in names] == ["file", "first", "second", "option", "a b ", "'x'", "from the caller", ""]
    assert not {"ABSENT", "GONE", "SECRET", "DOCKER_CONFIG"} & have.keys(), have


@pytest.mark.parametrize("value", ["", "=x", "=", "A B=c"], ids=repr)
def test_a_malformed_variable_is_refused_as_docker_run_does(cli, tiny, clean_engine, value):
    """Malformed `-e`: the same answer as `docker run -e`."""
    docker = cli.docker("run", "--rm", "-e", value, tiny, "true")
    ours = cli.sandbox("run", "-t", tiny, "-e", value, "claude", "exit", "0")
    assert ours.code == docker.code, (ours, docker)
    if ours.code:
        assert ours.err.startswith("invalid argument ") and '"-e, --env"' in ours.err, ours
    assert not clean_engine.sandboxes() or not ours.code


def test_a_missing_env_file_is_refused(cli, tiny, clean_engine):
    failed = cli.sandbox("run", "-t", tiny, "--env-file", "/nonexistent/env", "claude").check(125, "")
    assert "/nonexistent/env" in failed.err and "no such file" in failed.err.lower(), failed
    assert not clean_engine.containers()


def test_the_caller_s_locale_goes_along_at_each_session(cli, tiny, clean_engine):
    """From the caller, at each session: `LANG`/`LC_*`/`TZ`; `TERM` and `COLORTERM` only with a terminal."""
    caller = {"LANG": "de_DE.UTF-8", "LC_TIME": "C", "TZ": "UTC", "COLORTERM": "truecolor", "TERM": "vt220", "OTHER": "1"}
    have = variables(cli.sandbox("run", "-t", tiny, "claude", "env", env=caller))
    term = "xterm" if 0 < clean_engine.podman < 5 else None  # which every container has there
    assert {name: have.get(name) for name in caller} == {
        "LANG": "de_DE.UTF-8", "LC_TIME": "C", "TZ": "UTC", "COLORTERM": None, "TERM": term, "OTHER": None,
    }  # fmt: skip
    again = variables(cli.sandbox("run", "-t", tiny, "claude", "env", env={"LANG": None, "TZ": "UTC-1"}))
    assert ("LANG" in again, again["TZ"]) == (False, "UTC-1")


def test_term_goes_along_with_a_terminal(cli, tiny):
    terminal = cli.sandbox_terminal(
        "run", "-q", "-t", tiny, "claude", "sh", "echo $TERM/$COLORTERM.", env={"TERM": "vt220", "COLORTERM": "24bit"}
    )
    terminal.wait_for("vt220/24bit.")
    assert terminal.finish() == 0

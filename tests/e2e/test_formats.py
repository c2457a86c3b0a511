# SPDX-License-Identifier: Apache-2.0
"""Formats and filters of ls and inspect, beside those of the docker CLI."""

import json
import pathlib

import pytest

GOLDEN = pathlib.Path(__file__).resolve().parents[1] / "golden" / "templates.txt"


@pytest.fixture
def two(make_cli, workspaces, tiny, clean_engine):
    """Two sandboxes: (cli, first workspace, second workspace). The second one, of gemini, is the newer."""
    first, second = workspaces("first"), workspaces("second")
    cli = make_cli(first)
    cli.sandbox("run", "-d", "-t", tiny, "--name", "alpha", "claude").check()
    clean_engine.await_an_order()
    cli.sandbox("run", "-d", "-t", tiny, "--name", "beta", "-w", str(second), "gemini").check()
    return cli, first, second


@pytest.fixture
def one(cli, tiny):
    cli.sandbox("run", "-d", "-t", tiny, "--name", "alpha", "-e", "API_KEY=hidden", "-e", "MODE=x", "claude").check()
    return cli


# -- the same templates, asked of docker ps and of us ---------------------------------------------------------------------

COMMON = [
    "{{.ID}}",
    "{{.Names}} {{.State}} {{.Image}}",
    "{{.CreatedAt}}",
    "{{.Names | upper}}-{{lower .Names}}-{{title .Names}}",
    "{{json .Names}} {{printf \"%q %-8s|%5d\" .State .Names (len .Names)}}",
    "{{if eq .State \"running\"}}up{{else}}down{{end}} {{truncate .ID 4}} {{pad .State 2 1}}|",
    "{{range $i, $part := split .Names \"p\"}}{{if $i}},{{end}}{{$part}}{{end}}",
    '{{join (split .ID "") "-"}}',
    "{{.Label \"docker/sandbox\"}} {{.Label \"nope\"}}|",
    "{{with .Names}}{{.}}{{end}}{{with \"\"}}x{{else}}none{{end}}",
    r"{{.Names}}\t{{.State}}\n",
    "table {{.Names}}\\t{{.State}}\\t{{.Label \"com.docker.sandbox.agent\"}}",
    "table {{upper .Image}}\t{{.CreatedAt}}",
]

MISTAKES = [
    "{{.Nope}}",
    "{{.Name",
    "{{foo}}",
    "{{if .Name}}",
    "{{.Name.Foo}}",
    "{{index .Name 99}}",
    "{{truncate .Name}}",
    "{{.Name}",
]


@pytest.mark.parametrize("template", COMMON)
def test_a_template_gives_what_docker_ps_gives(two, template, clean_engine):
    cli, _, _ = two
    docker = cli.docker("ps", "-a", "--filter", "label=docker/sandbox", "--format", template).check()
    ours = cli.sandbox("ls", "--format", template).check(0, err="")
    if clean_engine.is_podman:  # whose list has no order, which docker's command line leaves as it is
        assert sorted(ours.lines) == sorted(docker.lines)
    else:
        assert ours.out == docker.out


@pytest.mark.parametrize("template", MISTAKES)
def test_a_mistake_is_told_as_docker_tells_it(one, template):
    docker = one.docker("volume", "ls", "--format", template).check(1)
    ours = one.sandbox("ls", "--format", template).check(1, "")
    assert ours.err == docker.err.replace("*formatter.volumeContext", "*formatter.SandboxContext")


def test_the_golden_templates_are_dockers(cli):
    """What tests/golden/templates.txt says of each template is what this machine's docker CLI does."""
    cli.docker("volume", "create", "--label", "a=b", "v1").check()
    try:
        lines = [line for line in GOLDEN.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
        wrong = []
        for template, answer in zip(lines[0::2], lines[1::2]):
            expected = answer[2:].replace("\\\\", "\0").replace("\\n", "\n").replace("\0", "\\") + "\n"
            if answer.startswith("!"):
                expected = "template parsing error: template: " + expected
            ran = cli.docker("volume", "ls", "--filter", "name=v1", "--format", template)
            if (ran.err if answer.startswith("!") else ran.out) != expected:
                wrong.append(f"{template}\n  said:     {ran.out + ran.err!r}\n  expected: {expected!r}")
        assert not wrong, "\n".join(wrong)
    finally:
        cli.docker("volume", "rm", "v1").check()


# -- ls -------------------------------------------------------------------------------------------------------------------


def test_ls_json_is_one_object_a_line(two):
    cli, first, second = two
    newest, oldest = [json.loads(line) for line in cli.sandbox("ls", "--format", "json").check().lines]
    assert (newest["Name"], oldest["Name"]) == ("beta", "alpha")
    assert (newest["Workspace"], oldest["Workspace"]) == (str(second), str(first))
    assert (newest["Agent"], oldest["Agent"]) == ("gemini", "claude")
    assert newest["Status"] == "running" and newest["Credentials"] == "sandbox"
    assert len(newest["ID"]) == 12
    whole = json.loads(cli.sandbox("ls", "--format", "json", "--no-trunc").check().lines[0])
    assert len(whole["ID"]) == 64 and whole["ID"].startswith(newest["ID"])


def test_ls_takes_its_format_from_the_configuration(two):
    cli, _, _ = two
    cli.write_config(plugins={"sandbox": {"lsFormat": "{{.Name}}"}})
    cli.sandbox("ls").check(0, "beta\nalpha\n", "")
    cli.sandbox("ls", "--format", "{{.Agent}}").check(0, "gemini\nclaude\n", "")
    assert cli.sandbox("ls", "-q").check(0, err="").out == cli.sandbox("ls", "--format", "{{.ID}}").out
    assert cli.sandbox("ls", "--format", "table").check().lines[0].startswith("SANDBOX ID")


def test_quiet_wins_over_a_format_and_says_so(one):
    ran = one.sandbox("ls", "-q", "--format", "{{.Name}}").check()
    assert ran.out == one.sandbox("ls", "-q").out
    assert ran.err == "WARNING: Ignoring custom format, because both --format and --quiet are set.\n"


def test_filters_select(two):
    cli, first, second = two
    cli.sandbox("run", "-d", "-w", str(first), "claude").check()
    identity = cli.sandbox("ls", "-q", "--no-trunc", "-f", "name=alpha").check().out.strip()

    def names(*filters):
        words = [word for item in filters for word in ("--filter", item)]
        return cli.sandbox("ls", *words, "--format", "{{.Name}}").check(0, err="").lines

    assert names("name=alpha") == ["alpha"]
    assert names("name=^al", "name=^be") == ["beta", "alpha"]
    assert names("name=al", "agent=gemini") == []
    assert names("id=" + identity[:12]) == ["alpha"]
    assert names("agent=gemini") == ["beta"]
    assert names("workspace=.") == ["alpha"]
    assert names(f"workspace={second}/../second/") == ["beta"]
    assert names("label=com.docker.sandbox.agent=claude") == ["alpha"]
    assert names("label=docker/sandbox") == ["beta", "alpha"]
    assert names("status=running") == ["beta", "alpha"]
    cli.docker("kill", "beta").check()
    assert names("status=running") == ["alpha"]
    assert names("status=exited") == ["beta"]


def test_a_bad_filter_is_told_as_docker_tells_it(one):
    ours = one.sandbox("ls", "--filter", "foo").check(125, "")
    docker = one.docker("ps", "--filter", "foo").check(125, "")
    assert ours.err.splitlines()[0] == docker.err.splitlines()[0]
    assert ours.err.splitlines()[-1] == "Run 'docker sandbox ls --help' for more information"


@pytest.mark.not_on_podman("has other words for a filter that it does not know")
def test_an_unknown_filter_is_told_as_docker_tells_it(one):
    ours = one.sandbox("ls", "--filter", "foo=bar").check(1, "")
    docker = one.docker("ps", "--filter", "foo=bar").check(1, "")
    assert ours.err.splitlines()[0].lower() == docker.err.replace("Error response from daemon: ", "").strip().lower()


def test_a_name_with_control_characters_is_harmless_on_a_terminal(make_cli, workspaces, tiny):
    cli = make_cli(workspaces("odd\x1b[31mname"))
    cli.sandbox("run", "-d", "-t", tiny, "claude").check()
    assert "\x1b[31m" in cli.sandbox("ls", "--format", "{{.Workspace}}").check().out
    terminal = cli.sandbox_terminal("ls", "--format", "{{.Workspace}}", columns=200)
    assert terminal.finish() == 0, terminal
    assert "odd\\x1b[31mname" in str(terminal)


# -- inspect --------------------------------------------------------------------------------------------------------------


def test_inspect_takes_its_keys_in_any_case(one):
    whole = one.inspect("alpha")
    ran = one.sandbox("inspect", "-f", "{{.Name}} {{.name}} {{.CREATED_AT}} {{.CreatedAt}} {{len .Mounts}}", "alpha").check()
    created = whole["created_at"]
    assert ran.out == f"alpha alpha {created} {created} {len(whole['mounts'])}\n"
    assert one.sandbox("inspect", "--format", '{{join .Env " "}}', "alpha").check().out == "API_KEY=******** MODE=x\n"
    assert one.sandbox("inspect", "--show-secrets", "-f", "{{json .Env}}", "alpha").check().out == (
        '["API_KEY=hidden","MODE=x"]\n'
    )


def test_inspect_json_is_the_array_on_one_line(one):
    ran = one.sandbox("inspect", "--format", "json", "alpha").check(0, err="")
    assert len(ran.lines) == 1
    assert json.loads(ran.out) == json.loads(one.sandbox("inspect", "alpha").check().out)


def test_inspect_of_an_unknown_key_fails_as_docker_inspect_does(one):
    ours = one.sandbox("inspect", "-f", "{{.Foo}}", "alpha").check(1, "")
    docker = one.docker("inspect", "-f", "{{.Foo}}", "alpha")
    assert ours.err.strip() == docker.err.strip()


# -- errors for machines --------------------------------------------------------------------------------------------------


def error_of(ran):
    assert ran.err.count("\n") == 1, ran
    body = json.loads(ran.err)
    assert list(body) == ["error"] and list(body["error"]) == ["kind", "message", "hint"], ran
    return body["error"]


def test_errors_are_json_when_the_format_is(one):
    ran = one.sandbox("inspect", "--format", "json", "alpha", "nope", "nix").check(1)
    assert [item["name"] for item in json.loads(ran.out)] == ["alpha"]
    assert error_of(ran) == {"kind": "not_found", "message": "no such sandbox: nope\nno such sandbox: nix", "hint": ""}
    assert error_of(one.sandbox("ls", "--format", "json", "--bad").check(125, ""))["kind"] == "usage_flag"
    assert error_of(one.sandbox("inspect", "--format=json").check(1, ""))["kind"] == "usage_arguments"
    assert error_of(one.sandbox("ls", "--format", "json", "-f", "x=y").check(1, ""))["message"] == "invalid filter 'x'"
    down = one.sandbox("ls", "--format", "json", env={"DOCKER_HOST": "unix:///nonexistent.sock"}).check(1, "")
    assert error_of(down)["kind"] == "engine_unreachable"
    assert error_of(down)["message"].startswith("Cannot connect to the Docker daemon at unix:///nonexistent.sock.")

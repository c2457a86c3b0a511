# SPDX-License-Identifier: Apache-2.0
"""Commands and options of the generations of `docker sandbox` that run virtual machines: each is answered with what does it
here, and what the answer says works."""

import shlex

import pytest

from support.waiting import eventually


@pytest.mark.parametrize(
    "typed, status, answer",
    [
        (
            "save box img:1",
            1,
            "To keep what is in a sandbox as a template:\n"
            "  docker commit box img:1\n"
            "  docker sandbox run --template img:1 AGENT\n",
        ),
        (
            "network proxy box --allow-host example.com",
            1,
            "Sandboxes are containers on the engine's networks, which docker's own commands manage:\n"
            "  docker network connect NETWORK SANDBOX\n"
            "  docker network disconnect NETWORK SANDBOX\n",
        ),
        (
            "cp box:/tmp/a .",
            1,
            "A sandbox is a container:\n"
            "  docker cp FILE SANDBOX:PATH\n"
            "  docker cp SANDBOX:PATH FILE\n"
            "The workspace needs no copying: it is the same directory inside.\n",
        ),
        (
            "secret set box NAME",
            1,
            "A key goes in by the name of its variable, so that its value is on no command line:\n"
            "  docker sandbox run -e NAME AGENT\n",
        ),
        ("reset", 1, "To remove all sandboxes:\n  docker sandbox rm $(docker sandbox ls -q)\n"),
        (
            "run --load-local-template -t img claude",
            125,
            "An image that the engine has is used without asking: --template IMAGE\n",
        ),
        ("run --pull-template always claude", 125, "To choose when the template is pulled: --pull always|missing|never\n"),
        ("run --agent claude", 125, "The agent is an argument: docker sandbox run AGENT\n"),
        ("exec --detach box true", 125, "A sandbox is a container: docker exec -d SANDBOX COMMAND\n"),
        ("ls --json", 125, "For machines: docker sandbox ls --format json\n"),
        ("rm --all", 125, "To remove all sandboxes: docker sandbox rm $(docker sandbox ls -q)\n"),
    ],
)
def test_what_is_not_here_is_answered_with_what_does_it(each_cli, typed, status, answer):
    told = each_cli.sandbox(*shlex.split(typed)).check(status, "")
    complaint, rest = told.err.split("\n\n", 1)
    assert complaint.startswith(("docker: unknown command: docker sandbox ", "unknown flag: --")), told
    assert rest.startswith(answer + "\nUsage:  docker sandbox "), told


@pytest.mark.not_on_podman("takes no `docker commit` of newer docker command lines", before=5)
def test_what_is_said_instead_of_save_keeps_a_sandbox_as_a_template(cli, tiny, make_cli, workspaces, clean_engine):
    cli.sandbox("create", "-q", "--name", "box", "-t", tiny, "claude").check()
    cli.sandbox("run", "claude", "sh", "echo kept >/tmp/note").check()
    told = cli.sandbox("save", "box", "sandbox-e2e/saved:1").check(1)
    commit, run = [line.strip() for line in told.err.split("\n\n")[1].splitlines()[1:]]
    try:
        assert commit.startswith("docker commit ")
        cli.docker(*commit.split()[1:]).check()
        other = make_cli(workspaces("other"))
        other.docker(*run.replace("AGENT", "claude").split()[1:], "sh", "cat /tmp/note").check(0, "kept\n")
    finally:
        for sandbox in clean_engine.sandboxes():
            clean_engine.remove_container(sandbox["Id"])
        clean_engine.remove_image("sandbox-e2e/saved:1")


def test_what_is_said_instead_of_network_connects_a_sandbox(cli, tiny):
    cli.sandbox("create", "-q", "--name", "box", "-t", tiny, "claude").check()
    cli.docker("network", "create", "sandbox-e2e-other").check()
    try:
        cli.docker("network", "connect", "sandbox-e2e-other", "box").check()
        assert "sandbox-e2e-other" in cli.docker("inspect", "-f", "{{json .NetworkSettings.Networks}}", "box").check().out
        cli.docker("network", "disconnect", "sandbox-e2e-other", "box").check()
    finally:
        cli.docker("network", "rm", "sandbox-e2e-other").check()


def test_what_is_said_instead_of_cp_copies(cli, tiny, test_directory):
    cli.sandbox("create", "-q", "--name", "box", "-t", tiny, "claude").check()
    (test_directory / "in").write_text("copied\n")
    cli.docker("cp", str(test_directory / "in"), "box:/tmp/there").check()
    cli.docker("cp", "box:/tmp/there", str(test_directory / "out")).check()
    assert (test_directory / "out").read_text() == "copied\n"


def test_what_is_said_instead_of_ports_leads_to_a_service(cli, tiny):
    cli.sandbox("create", "-q", "--name", "box", "-t", tiny, "claude").check()
    cli.docker("exec", "-d", "box", "sh", "-c", "while true; do echo served | nc -l -p 8000; done").check()
    line = cli.sandbox("ports", "box").check(1).err.split("\n\n")[1].splitlines()[1].strip()
    address = cli.docker(*shlex.split(line.replace("SANDBOX", "box"))[1:]).check().out.strip()

    # From beside it: the engine of the tests has a network of its own, so that this machine is not the one around it.
    def answer():
        return cli.docker("run", "--rm", tiny, "timeout", "5", "nc", address, "8000", data=b"").out

    assert eventually(answer) == "served\n"


def test_what_is_said_instead_of_reset_removes_all(cli, tiny, clean_engine):
    cli.sandbox("create", "-q", "-t", tiny, "claude").check()
    line = cli.sandbox("reset").check(1).err.split("\n\n")[1].splitlines()[1].strip()
    assert line == "docker sandbox rm $(docker sandbox ls -q)"
    cli.sandbox("rm", *cli.sandbox("ls", "-q").check().out.split()).check()
    assert clean_engine.sandboxes() == []


def test_arguments_behind_two_dashes_are_the_agents(cli, tiny):
    cli.sandbox("run", "-q", "-t", tiny, "claude", "--", "sh", "echo here").check(0, "here\n")


def test_a_workspace_behind_the_agent_is_told_and_goes_to_the_agent(cli, tiny):
    """What stands behind the agent is the agent's, whatever it looks like; one line says how to name a workspace."""
    cli.sandbox("create", "-q", "-t", tiny, "claude").check()
    told = cli.sandbox("run", "claude", ".", "--", "-p", "say hi").check(0)
    assert told.lines[1:] == ["[.]", "[--]", "[-p]", "[say hi]"], told
    assert told.err.splitlines()[0] == (
        "Note: . goes to claude as text; to work in that directory: docker sandbox run -w . claude -p 'say hi'"
    ), told
    cli.sandbox("run", "-q", "claude", ".").check(0, err="")
    cli.sandbox("run", "claude", "workspace").check(0, err="")  # a word, not a path


def test_the_name_of_a_sandbox_is_answered_with_the_command_that_enters_it(cli, tiny):
    cli.sandbox("create", "-q", "--name", "box", "-t", tiny, "claude").check()
    told = cli.sandbox("run", "box", "--", "sh", "echo 'in it'").check(125, "")
    complaint, answer, line = told.err.split("\n")[0], *told.err.strip().split("\n\n")[1].split("\n")
    assert complaint == "invalid agent: box (must be one of: claude, gemini)"
    assert answer == "A sandbox is entered through its workspace:"
    assert cli.docker(*shlex.split(line)[1:]).check().out == "in it\n"

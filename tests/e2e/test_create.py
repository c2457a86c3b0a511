# SPDX-License-Identifier: Apache-2.0
"""`create`: what `run -d` does without agent options, with the workspace behind the agent as in later generations."""

import pytest


def test_create_makes_the_sandbox_that_run_then_enters(each_cli, tiny, clean_engine):
    made = each_cli.sandbox("create", "-q", "-e", "A=1", "--name", "mine", "-t", tiny, "claude").check(0, err="")
    sandbox = clean_engine.sandbox()
    assert made.out == sandbox["Id"] + "\n"
    assert (sandbox["Name"], sandbox["State"]["Status"]) == ("/mine", "running")
    each_cli.sandbox("run", "claude", "sh", "echo $A").check(0, "1\n", err="")
    assert each_cli.sandbox("ls", "-q", "--no-trunc").check().out == made.out
    each_cli.sandbox("stop", "mine").check()
    assert each_cli.sandbox("create", "claude").check(0, err="").out == made.out
    assert clean_engine.sandbox()["State"]["Status"] == "running"


def test_the_agent_does_not_run(cli, tiny):
    cli.sandbox("create", "-q", "-t", tiny, "claude").check()
    logs = cli.sandbox("logs", ".").check(1, "")
    assert "no headless run" in logs.err, logs


def test_the_workspace_may_stand_behind_the_agent(cli, tiny, clean_engine, workspaces):
    other = workspaces("other")
    cli.sandbox("create", "claude", "../other", "-q", "-t", tiny).check()
    assert clean_engine.sandbox()["Config"]["Labels"]["com.docker.sandbox.workingDirectory"] == str(other)
    twice = cli.sandbox("create", "-w", ".", "claude", "../other").check(1, "")
    assert twice.err == "the workspace is given twice: as --workspace and behind the agent\n"


@pytest.mark.parametrize(
    "words, status, sentence",
    [
        (["create"], 1, "docker: 'docker sandbox create' requires at least 1 and at most 2 arguments\n"),
        (
            *(["create", "claude", ".", "--", "-p"], 1),
            "docker: 'docker sandbox create' requires at least 1 and at most 2 arguments\n",
        ),
        (["create", "copilot"], 1, "invalid agent: copilot (must be one of: claude, gemini)\n"),
        (["create", "claude", "/nonexistent"], 1, "cannot use the workspace /nonexistent: "),
        (["create", "-d", "claude"], 125, "unknown shorthand flag: 'd' in -d\n"),
        (
            *(["create", "--pull-template", "always", "claude"], 125),
            "unknown flag: --pull-template\n\nTo choose when the template is pulled: --pull always|missing|never\n",
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_created_is_told(cli, words, status, sentence):
    assert cli.sandbox(*words).check(status, "").err.startswith(sentence)


def test_what_cannot_be_pulled_leaves_nothing(cli, clean_engine):
    failed = cli.sandbox("create", "--pull", "never", "-t", "sandbox-e2e/none", "claude").check(1, "")
    assert failed.err.startswith("no such image: sandbox-e2e/none"), failed
    assert clean_engine.sandboxes() == []


def test_completion_knows_agents_and_then_directories(cli):
    agents = cli.plugin("__complete", "sandbox", "create", "").check(0, err="").out
    assert agents.splitlines()[0].startswith("claude\t")
    assert cli.plugin("__complete", "sandbox", "create", "claude", "").check(0, err="").out == ":16\n"

# SPDX-License-Identifier: Apache-2.0
"""The real agents in the real templates, against a scripted model API: a tool call in the workspace, headless and on a
terminal."""

import json
import os
import stat

import pytest
from support.waiting import eventually

pytestmark = pytest.mark.real_agent

KEY = "sk-ant-e2e-key"
# What the agents would otherwise try to reach: there is no internet where these tests run.
OFFLINE = ("-e", "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1", "-e", "DISABLE_AUTOUPDATER=1")


@pytest.fixture
def claude(claude_template, model_api):
    """Options of `run` with which claude talks to the scripted API."""
    model_api.key = KEY
    return ("-e", f"ANTHROPIC_API_KEY={KEY}", "-e", f"ANTHROPIC_BASE_URL={model_api.url}", *OFFLINE)


@pytest.fixture
def gemini(gemini_template, model_api):
    model_api.key = KEY
    settings = {"security": {"auth": {"selectedType": "gemini-api-key"}}}
    return (
        *("-e", f"GEMINI_API_KEY={KEY}", "-e", f"GOOGLE_GEMINI_BASE_URL={model_api.url}"),
        *("-e", "GEMINI_CLI_TRUST_WORKSPACE=true", "-e", "GEMINI_TELEMETRY_ENABLED=false"),
    ), json.dumps(settings)


def test_claude_does_a_tool_call_in_the_workspace(each_cli, claude, model_api, workspace):
    """The main job: `docker sandbox run claude -p "…"` without a terminal; the edit is on the host, owned by the caller; the
    exit code is the agent's."""
    (workspace / "hello.txt").write_text("hello\n")
    os.chown(workspace / "hello.txt", 1000, 1000)
    ran = each_cli.sandbox("run", "-q", *claude, "claude", "-p", "RUN: sed -i s/hello/edited/ hello.txt; pwd; id -un")
    ran.check(0, f"done: {workspace}\nagent\n")
    assert (workspace / "hello.txt").read_text() == "edited\n"
    made = os.stat(workspace / "hello.txt")
    assert (made.st_uid, made.st_gid, stat.S_IMODE(made.st_mode)) == (1000, 1000, 0o644)
    turns = model_api.turns()
    assert turns and all(turn.headers["x-api-key"] == KEY for turn in turns)
    assert turns[0].body["stream"] is True


def test_claude_answers_from_its_standard_input(cli, claude):
    """stdin is forwarded with its end: `… | docker sandbox run claude -p`."""
    ran = cli.sandbox("run", "-q", *claude, "claude", "-p", data=b"what is in the pipe").check(0)
    assert "you said: what is in the pipe" in ran.out, ran


def test_claude_s_failure_is_its_exit_status_and_text(cli, claude):
    """The agent's own exit code, passed through."""
    failed = cli.sandbox("run", "-q", *claude, "-e", "CLAUDE_CODE_MAX_RETRIES=0", "claude", "-p", "FAIL: 400").check(1)
    assert "400" in failed.out, failed


def test_claude_without_a_login_says_so(cli, claude_template):
    ran = cli.sandbox("run", "-q", "--credentials", "none", *OFFLINE, "claude", "-p", "hello").check(1)
    assert "/login" in ran.out, ran


def test_claude_continues_where_it_was(cli, claude):
    """The second `run` is in the same sandbox, with what the first one left: `--continue`."""
    cli.sandbox("run", "-q", *claude, "claude", "-p", "first words").check(0)
    cli.sandbox("run", "-q", *claude, "claude", "--continue", "-p", "more words").check(0, "you said: more words\n")


def test_claude_s_screen_comes_up_on_a_terminal_and_exit_ends_it(each_cli, claude, workspace):
    """Stdin and stdout are terminals: a TTY session; `/exit` ends with 0."""
    seed = {
        "hasCompletedOnboarding": True,
        "theme": "dark",
        "customApiKeyResponses": {"approved": [KEY[-20:]], "rejected": []},
        "projects": {str(workspace): {"hasTrustDialogAccepted": True}},
    }
    each_cli.sandbox("run", "-d", *claude, "claude").check(0)
    write = (
        'mkdir -p ~/.claude && cat >~/.claude.json && echo "{\\"skipDangerousModePermissionPrompt\\":true}" >~/.claude/settings.json'
    )
    each_cli.sandbox("exec", "-i", ".", "sh", "-c", write, data=json.dumps(seed).encode()).check(0)
    terminal = each_cli.sandbox_terminal("run", *claude, "claude", rows=40, columns=110)
    terminal.wait_for(lambda screen: workspace.name in screen.text() and "❯" in screen.text())
    terminal.send("RUN: echo typed >typed.txt")
    terminal.wait_for("typed.txt")
    terminal.send("\r")
    terminal.wait_for("done:")
    assert (workspace / "typed.txt").read_text() == "typed\n"
    assert os.stat(workspace / "typed.txt").st_uid == 1000
    terminal.send("/exit")
    terminal.wait_for("/exit")
    terminal.send("\r")
    assert terminal.finish() == 0


def test_gemini_does_a_tool_call_in_the_workspace(cli, gemini, model_api, workspace):
    """`run gemini`: the same through gemini."""
    options, settings = gemini
    cli.sandbox("run", "-d", *options, "gemini").check(0)
    write = "mkdir -p ~/.gemini && cat >~/.gemini/settings.json"
    cli.sandbox("exec", "-i", ".", "sh", "-c", write, data=settings.encode()).check(0)
    ran = cli.sandbox("run", "-q", *options, "gemini", "-p", "RUN: echo by-gemini >g.txt").check(0)
    assert ran.out.startswith("done: "), ran
    assert (workspace / "g.txt").read_text() == "by-gemini\n"
    assert os.stat(workspace / "g.txt").st_uid == 1000
    assert model_api.turns()[-1].headers["x-goog-api-key"] == KEY


def test_the_agent_s_processes_end_with_its_client(cli, claude, clean_engine):
    """When we are gone the agent does not stay behind as an orphan."""
    terminal = cli.sandbox_terminal("run", *claude, "claude", "-p", "RUN: sleep 3456")
    running = eventually(lambda: [box["Id"] for box in clean_engine.sandboxes() if box["State"] == "running"])
    (identity,) = running
    eventually(lambda: any("sleep 3456" in line for line in clean_engine.processes(identity)))
    terminal.hang_up()
    eventually(lambda: not any("claude" in line or "3456" in line for line in clean_engine.processes(identity)))
    terminal.close()

# SPDX-License-Identifier: Apache-2.0
"""Logins: kept in a volume that all sandboxes share, or nowhere."""

import json
import os

import pytest
from support.logins import LOGIN, ask
from support.scripted_agent import run_script

KEY = "sk-ant-api03-abcdefghijklmnopqrstuvwxyz0123456789"


@pytest.fixture
def several(make_cli, workspaces):
    """Users in workspaces of their own: several(2, uid=1000) -> [Cli, Cli]"""

    def make(count, uid=1000):
        return [make_cli(workspaces(f"w{number}-{uid}", uid=uid)) for number in range(count)]

    return make


# -- the volume -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("uid", [0, 1000, 1234])
@pytest.mark.parametrize("agent", ["claude", "gemini"])
def test_the_volume_is_the_agents_and_survives_every_sandbox(several, tiny, engine, agent, uid):
    first, second = several(2, uid)
    place = f"/mnt/{agent}-data"
    script = f"echo secret >{place}/login && stat -c '%u %a' {place}"
    assert run_script(first, tiny, script, agent=agent).check().out == f"{uid} 755\n"
    assert f"docker-{agent}-sandbox-data" in engine.volumes()
    assert run_script(second, tiny, f"cat {place}/login; echo changed >{place}/login", agent=agent).check().out == "secret\n"
    assert run_script(first, tiny, f"cat {place}/login", agent=agent).check().out == "changed\n"
    first.sandbox("rm", *first.sandbox("ls", "-q").check().lines).check()
    assert engine.sandboxes() == []
    assert run_script(first, tiny, f"cat {place}/login", agent=agent).check().out == "changed\n"


def test_an_old_volume_of_another_number_changes_hands_with_a_note(several, tiny):
    (first,), (second,) = several(1, 1000), several(1, 1234)
    run_script(first, tiny, "mkdir /mnt/claude-data/deep && echo 1 >/mnt/claude-data/deep/file").check()
    ran = second.sandbox("run", "-t", tiny, "claude", "sh", "echo 2 >>/mnt/claude-data/deep/file && cat /mnt/claude-data/deep/file")
    assert ran.check().out == "1\n2\n"
    assert "belonged to another user number" in ran.err, ran
    again = second.sandbox("run", "--recreate", "-t", tiny, "claude", "sh", "true").check()
    assert "another user number" not in again.err, again


def test_sandboxes_that_start_at_once_on_a_fresh_volume_share_one_whole_configuration(several, tiny):
    users = several(6)
    running = [user.start_sandbox("run", "-q", "-t", tiny, "claude", "sh", "cat ~/.claude.json") for user in users]
    for process in running:
        assert '"hasCompletedOnboarding": true' in process.finish(b"").check().out
    listed = run_script(users[0], tiny, "ls -A /mnt/claude-data").check()
    assert listed.lines == [".claude.json", "workspaces"], listed


def test_what_belongs_to_one_workspace_is_seen_there_only_and_survives_the_sandbox(several, tiny):
    first, second = several(2)
    for user in (first, second):
        run_script(user, tiny, "echo $PWD >~/.claude/projects/transcript; echo prompt >>~/.claude/history.jsonl").check()
    seen = run_script(first, tiny, "ls ~/.claude/projects; cat ~/.claude/projects/transcript ~/.claude/history.jsonl").check()
    assert seen.lines == ["transcript", str(first.directory), "prompt"], seen
    first.sandbox("rm", ".").check()
    again = run_script(first, tiny, "cat ~/.claude/projects/transcript").check()
    assert again.lines == [str(first.directory)], again


def test_what_the_template_has_baked_in_stays_in_force(cli, tiny, image):
    template = image(
        f"FROM {tiny}\nRUN mkdir -p ~/.claude/commands ~/.claude/projects/old ~/.gemini/commands && echo rules >~/.claude/CLAUDE.md "
        "&& echo c >~/.claude/commands/c.md && echo t >~/.claude/projects/old/t && echo '{\"model\": \"m\"}' >~/.claude/settings.json "
        "&& echo '{\"mcpServers\": {\"s\": {}}}' >~/.claude.json "
        "&& echo g >~/.gemini/GEMINI.md && echo c >~/.gemini/commands/c.toml && echo '{\"ui\": {}}' >~/.gemini/settings.json\n"
    )
    script = "cat ~/.claude/CLAUDE.md ~/.claude/commands/c.md ~/.claude/projects/old/t ~/.claude/settings.json; cat ~/.claude.json"
    ran = run_script(cli, template, script).check()
    assert ran.out.startswith('rules\nc\nt\n{"model": "m"}\n'), ran
    assert json.loads(ran.out.split('"m"}\n')[1]) == {"hasCompletedOnboarding": True, "mcpServers": {"s": {}}}
    cli.sandbox("rm", ".").check()
    script = "cat ~/.gemini/GEMINI.md ~/.gemini/commands/c.toml /etc/gemini-cli/system-defaults.json; ls ~/.gemini/settings.json"
    ran = run_script(cli, template, script, agent="gemini")
    assert ran.out == 'g\nc\n{"ui": {}}\n', ran


def test_of_another_template_nothing_is_seen_through_the_volume(several, tiny, image):
    first, second = several(2)
    template = image(f"FROM {tiny}\nRUN mkdir -p ~/.gemini/commands && echo g >~/.gemini/GEMINI.md && echo c >~/.gemini/commands/c\n")
    run_script(first, template, "echo login >~/.gemini/oauth_creds.json; echo mine >~/.gemini/tmp/chat", agent="gemini").check()
    ran = run_script(second, tiny, "ls ~/.gemini/commands ~/.gemini/tmp; cat ~/.gemini/oauth_creds.json ~/.gemini/GEMINI.md", agent="gemini")
    assert "login" in ran.lines and "g" not in ran.lines and "mine" not in ran.out and "c" not in ran.lines, ran
    ran = run_script(second, tiny, "rm ~/.gemini/oauth_creds.json && echo new >~/.gemini/oauth_creds.json", agent="gemini").check()
    assert run_script(first, template, "cat ~/.gemini/oauth_creds.json ~/.gemini/tmp/chat", agent="gemini").out == "new\nmine\n"


@pytest.mark.parametrize(
    ("settings", "left"),
    [
        ('{"apiKeyHelper": "echo proxy-managed"}', {}),
        ('{\n  "model": "m",\n  "apiKeyHelper" : "echo proxy-managed"\n}\n', {"model": "m"}),
        ('{"apiKeyHelper":"echo proxy-managed","x":[1, "a,}"]}', {"x": [1, "a,}"]}),
        ('{"a": 1, "apiKeyHelper": "echo proxy-managed", "b": 2}', {"a": 1, "b": 2}),
        ('{"apiKeyHelper": "my-own-helper"}', {"apiKeyHelper": "my-own-helper"}),
    ],
)
def test_the_sentinel_of_dockers_proxy_is_taken_out_of_the_templates_settings(cli, tiny, image, settings, left):
    template = image(f"FROM {tiny}\nCOPY --chown=1000:1000 settings.json /home/agent/.claude/settings.json\n", {"settings.json": settings.encode()})
    ran = run_script(cli, template, "cat ~/.claude/settings.json").check()
    assert json.loads(ran.out) == left


@pytest.mark.parametrize("existing", [None, {}, {"a": {"b": 1}}, {"customApiKeyResponses": {"approved": [], "rejected": []}, "x": 1},
                                      {"x": 1, "customApiKeyResponses": {"approved": ["other"], "rejected": ["r"]}}])
def test_a_key_that_the_user_gives_is_noted_as_agreed(several, tiny, existing):
    first, second = several(2)
    if existing is not None:
        write = f"printf %s '{json.dumps(existing, indent=2)}' >/mnt/claude-data/.claude.json"
        run_script(first, tiny, write).check()
    ran = run_script(second, tiny, "cat ~/.claude.json", "-e", f"ANTHROPIC_API_KEY={KEY}").check()
    found = json.loads(ran.out)
    assert KEY[-20:] in found["customApiKeyResponses"]["approved"]
    for name, value in (existing or {}).items():
        if name != "customApiKeyResponses":
            assert found[name] == value
        else:
            assert set(value["approved"]) < set(found[name]["approved"]) and found[name]["rejected"] == value["rejected"]
    assert KEY not in ran.out


def test_nothing_is_shared_or_kept_with_none(several, tiny, engine):
    (cli,) = several(1)
    script = "ls /mnt 2>&1; readlink ~/.claude.json; echo ${CLAUDE_SECURESTORAGE_CONFIG_DIR-unset}; ls -A ~/.claude 2>/dev/null"
    ran = run_script(cli, tiny, script, "--credentials", "none")
    assert "unset" in ran.lines and "data" not in ran.out, ran
    assert {mount["Destination"] for mount in engine.sandbox()["Mounts"]} == {str(cli.directory)}
    assert engine.volumes() == set()


def test_an_api_key_in_the_workspace_is_warned_of(cli, tiny, workspace):
    (workspace / ".claude.json").write_text('{"primaryApiKey": "sk-secret"}')
    ran = run_script(cli, tiny, "true").check()
    assert "primaryApiKey" in ran.err and "conflicts" in ran.err and "sk-secret" not in ran.err, ran
    (workspace / ".claude.json").write_text('{"primaryApiKey": ""}')
    assert "conflicts" not in run_script(cli, tiny, "true").check().err


def test_a_second_agents_login_stays_in_the_sandbox_and_that_is_noted(cli, tiny):
    run_script(cli, tiny, "true").check()
    ran = cli.sandbox("run", "-t", tiny, "gemini", "sh", "true").check()
    assert "a login of gemini stays in it" in ran.err, ran


# -- the real agents --------------------------------------------------------------------------------------------------


def log_in(cli):
    """As /login does: claude's file in the place where it keeps it."""
    script = f"umask 077; printf %s '{json.dumps(LOGIN)}' >\"$CLAUDE_SECURESTORAGE_CONFIG_DIR/.credentials.json\""
    cli.sandbox("exec", ".", "sh", "-c", script).check()


@pytest.mark.real_agent
def test_claude_logs_in_once_for_all_workspaces_and_continues_each_for_itself(several, claude_template, model_api):
    first, second = several(2)
    reach = ("-e", f"ANTHROPIC_BASE_URL={model_api.url}")
    first.sandbox("run", "-d", *reach, "claude").check()
    log_in(first)
    ask(first, "in the first")
    first.sandbox("rm", ".").check()
    ask(second, "in the second", *reach)
    ask(first, "again", *reach, agent=("--continue", "-p"))
    tokens = {request.headers.get("authorization") for request in model_api.turns()}
    assert tokens == {"Bearer token-of-the-volume"}
    last = json.dumps(model_api.turns()[-1].body["messages"])
    assert "in the first" in last and "in the second" not in last


@pytest.mark.real_agent
def test_a_login_is_there_in_a_linked_worktree_too_when_all_sandboxes_are_gone(make_cli, workspace, claude_template, model_api, engine):
    user = make_cli(workspace, uid=1000)
    linked = os.path.join(user.directory, "linked")
    user.run(["git", "init", "-q", "."]).check()
    identity = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.com"]
    user.run(["git", *identity, "commit", "-q", "--allow-empty", "-m", "first"]).check()
    user.run(["git", "worktree", "add", "-q", linked]).check()
    user.sandbox("run", "-q", "-d", "claude").check()
    log_in(user)
    user.sandbox("rm", ".").check()
    assert engine.sandboxes() == []
    ask(user, "hello", "-w", linked, "-e", f"ANTHROPIC_BASE_URL={model_api.url}")
    assert model_api.turns()[-1].headers.get("authorization") == "Bearer token-of-the-volume"


@pytest.mark.real_agent
def test_what_claude_replaces_by_rename_is_seen_at_once_in_another_sandbox_that_runs(several, claude_template, model_api, tiny):
    first, second = several(2)
    reach = ("-e", f"ANTHROPIC_BASE_URL={model_api.url}", "-e", f"ANTHROPIC_API_KEY={KEY}")
    second.sandbox("run", "-q", "-d", "-t", tiny, "claude").check()
    # A second name, so that no other file gets the first one's inode number.
    second.sandbox("exec", ".", "sh", "-c", "ln $(readlink -f ~/.claude.json) /mnt/claude-data/first").check()
    look = ("exec", ".", "sh", "-c", "stat -Lc %i ~/.claude.json; cat ~/.claude.json")
    before, text = second.sandbox(*look).check().out.split("\n", 1)
    assert "userID" not in json.loads(text)
    ask(first, "hello", *reach)
    after, text = second.sandbox(*look).check().out.split("\n", 1)
    assert after != before, "claude replaced the file"
    assert "userID" in json.loads(text)
    first.sandbox("exec", ".", "sh", "-c", "[ -L ~/.claude.json ]").check()


@pytest.mark.parametrize(("agent", "login"), [("claude", ".claude/.credentials.json"), ("gemini", ".gemini/oauth_creds.json")])
def test_a_login_that_is_replaced_by_rename_stays_one_for_two_sandboxes_that_run(several, tiny, agent, login):
    """Claude looks for its login where the variable says, older versions where the link leads; gemini in its directory."""
    users = several(2)
    for user in users:
        user.sandbox("run", "-q", "-d", "-t", tiny, agent).check()
    replace = f"f=$(readlink -f ~/{login}); echo $0 >$f.tmp && mv $f.tmp $f"
    for number, (writer, reader) in enumerate([users, users[::-1], users]):
        writer.sandbox("exec", ".", "sh", "-c", replace, f"login{number}").check()
        reader.sandbox("exec", ".", "sh", "-c", f"cat ~/{login}").check(0, f"login{number}\n")


@pytest.mark.real_agent
def test_a_key_or_token_of_the_command_line_wins_over_the_login(several, claude_template, model_api):
    users = several(2)
    reach = ("-e", f"ANTHROPIC_BASE_URL={model_api.url}")
    users[0].sandbox("run", "-d", *reach, "-e", f"ANTHROPIC_API_KEY={KEY}", "claude").check()
    log_in(users[0])
    ask(users[0], "with a key")
    ask(users[1], "with a token", *reach, "-e", "CLAUDE_CODE_OAUTH_TOKEN=token-of-mine")
    with_key, with_token = model_api.turns()
    assert with_key.headers.get("x-api-key") == KEY
    assert with_token.headers.get("authorization") == "Bearer token-of-mine"


@pytest.mark.real_agent
@pytest.mark.parametrize("given", [["-e", f"ANTHROPIC_API_KEY={KEY}"], ["-e", "CLAUDE_CODE_OAUTH_TOKEN=token-of-mine"]])
def test_claudes_first_start_asks_nothing(cli, claude_template, model_api, workspace, given):
    cli.run(["git", "init", "-q", "."]).check()  # of a repository, trust in a directory above is not enough
    os.chown(workspace / ".git", 1000, 1000)
    reach = ["-e", f"ANTHROPIC_BASE_URL={model_api.url}", *given]
    terminal = cli.sandbox_terminal("run", "-q", *reach, "claude", "hello", rows=50, columns=110)
    terminal.wait_for("you said: hello")
    terminal.send("/exit\r")
    assert terminal.finish() == 0


@pytest.mark.real_agent
def test_geminis_key_and_the_choice_of_a_login_are_taken_as_given(several, gemini_template, model_api):
    first, second = several(2)
    reach = ("-e", f"GOOGLE_GEMINI_BASE_URL={model_api.url}", "-e", "GEMINI_API_KEY=key-of-mine")
    ran = first.sandbox("run", "-q", *reach, "gemini", "-p", "hello", data=None).check()
    assert "you said: hello" in ran.out, ran
    assert model_api.turns()[-1].headers.get("x-goog-api-key") == "key-of-mine"
    chosen = "echo '{\"security\": {\"auth\": {\"selectedType\": \"oauth-personal\"}}}' >~/.gemini/settings.json"
    first.sandbox("exec", ".", "sh", "-c", chosen).check()
    ran = second.sandbox("run", "-q", *reach, "gemini", "-p", "hello again", data=None).check()
    assert "you said: hello again" in ran.out, ran
    assert second.sandbox("exec", ".", "cat", "/home/agent/.gemini/settings.json").check().out.count("oauth-personal") == 1

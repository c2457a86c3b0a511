# SPDX-License-Identifier: Apache-2.0
"""What the host lends of its own logins: files, directories and the SSH agent."""

import json
import os
import pathlib
import signal

import pytest
from support.logins import Home, SshAgent, ask
from support.scripted_agent import run_script
from support.waiting import eventually


@pytest.fixture
def lender(make_cli, workspaces, test_directory):
    """A user whose home lends: lender(names=None, owner=1000) -> (Cli, Home)"""

    def make(names=None, owner=1000):
        cli = make_cli(workspaces(uid=owner), uid=owner)
        home = Home(test_directory / "home", names, owner)
        cli.env["HOME"] = str(home.path)
        return cli, home

    return make


HOST = ("--credentials", "host")


def own_directories(cli):
    """What this user's sandboxes have on the host, each one a directory."""
    return list(pathlib.Path(cli.config).glob("sandbox/*/*"))


def sockets_directory(cli):
    (one,) = own_directories(cli)
    return one / "ssh-agent"


def test_the_hosts_files_are_in_the_agents_home_and_those_that_are_not_the_agents_own_are_read_only(lender, tiny):
    cli, home = lender()
    before = home.names()
    script = "cd; cat .gitconfig .config/git/ignore .config/gh/hosts.yml .ssh/id_ed25519; stat -Lc '%a %u' .ssh/id_ed25519"
    script += '; for f in .gitconfig .config/git/x .config/gh/x .ssh/x; do touch $f 2>/dev/null && echo "wrote $f"; done; ls -d .aws .gemini 2>/dev/null'
    ran = run_script(cli, tiny, script, *HOST)
    assert ran.out == "".join(home.FILES[n] for n in (".gitconfig", ".config/git/ignore", ".config/gh/hosts.yml", ".ssh/id_ed25519")) + "600 1000\n"
    assert home.names() == before


def test_what_the_host_does_not_have_is_left_out_and_never_made(lender, tiny, engine):
    cli, home = lender({".gitconfig"})
    before = home.names()
    run_script(cli, tiny, "mkdir -p ~/.ssh ~/.claude && echo x >~/.ssh/new && echo y >~/.claude.json", *HOST).check()
    assert home.names() == before
    mounts = {m["Destination"] for m in engine.sandbox()["Mounts"]}
    assert mounts == {str(cli.directory), "/mnt/host/.gitconfig", "/mnt/host/ssh-agent"}


def test_the_hosts_login_is_one_live_file_from_both_sides(lender, tiny):
    cli, home = lender()
    inside = "cd ~/.claude && echo inside >.credentials.json.tmp && mv .credentials.json.tmp .credentials.json && cat CLAUDE.md"
    assert run_script(cli, tiny, inside, *HOST).check().out == "the host's rules\n"
    assert home.read(".claude/.credentials.json") == "inside\n"
    home.write(".claude/.credentials.json", "outside\n")
    assert run_script(cli, tiny, "cat ~/.claude/.credentials.json").check().out == "outside\n"


# What claude does when it saves: it follows links to the file, then puts a new one in its place.
REPLACE = 'replace() { f=$(readlink -f ~/.claude.json); echo "$1" >$f.tmp; chmod 600 $f.tmp; mv $f.tmp $f; }'


def test_the_hosts_configuration_file_is_one_file_though_either_side_replaces_it(lender, tiny):
    cli, home = lender()
    script = f"{REPLACE}; echo in place >~/.claude.json; touch began; for n in 1 2 3; do "
    script += 'until grep -qx "outside $n" ~/.claude.json; do sleep 0.1; done; replace "inside $n"; done; until [ -e seen ]; do sleep 0.1; done'
    running = cli.start_sandbox("run", "-q", "-t", tiny, *HOST, "claude", "sh", script)
    eventually(lambda: os.path.exists(os.path.join(cli.directory, "began")), what="the session runs")
    assert home.read(".claude.json") == "in place\n"
    for number in (1, 2, 3):
        home.write(".claude.json", f"outside {number}\n")
        eventually(lambda text=f"inside {number}\n": home.read(".claude.json") == text, what="the host sees what is written inside")
    pathlib.Path(cli.directory, "seen").write_text("")
    running.finish(b"").check()
    status = (home.path / ".claude.json").stat()
    assert (status.st_uid, status.st_mode & 0o7777) == (1000, 0o600)


def test_what_happens_to_the_configuration_file_between_sessions_counts_too(lender, tiny):
    cli, home = lender()
    identity = cli.sandbox("run", "-q", "-d", "-t", tiny, *HOST, "claude").check().last_line
    os.utime(home.path / ".claude.json", (1, 1))
    home.write(".claude.json", "outside\n")
    os.utime(home.path / ".claude.json", (2, 2))
    run_script(cli, tiny, "cat ~/.claude.json").check(0, "outside\n")
    cli.docker("exec", "-u", "1000", identity, "sh", "-c", f"{REPLACE}; replace inside").check()
    run_script(cli, tiny, "cat ~/.claude.json").check(0, "inside\n")
    assert home.read(".claude.json") == "inside\n"
    cli.sandbox("run", "-q", "-d", "claude", "sh", f"{REPLACE}; replace 'in the background'").check()
    cli.sandbox("wait", ".").check()
    assert home.read(".claude.json") == "in the background\n"
    cli.docker("exec", "-u", "1000", identity, "sh", "-c", f"{REPLACE}; replace 'the last word'").check()
    cli.sandbox("rm", ".").check()
    assert home.read(".claude.json") == "the last word\n"


def test_a_link_that_is_made_inside_does_not_come_out(lender, tiny):
    cli, home = lender()
    before = home.read(".claude.json")
    run_script(cli, tiny, "f=$(readlink -f ~/.claude.json); rm $f; ln -s /etc/shadow $f", *HOST).check()
    assert home.read(".claude.json") == before and not (home.path / ".claude.json").is_symlink()
    run_script(cli, tiny, "cat ~/.claude.json").check(0, before)


def test_what_the_template_has_in_these_places_gives_way_to_the_hosts(lender, tiny, image):
    cli, home = lender()
    template = image(f"FROM {tiny}\nRUN mkdir ~/.claude ~/.ssh && echo template >~/.claude/CLAUDE.md && echo t >~/.ssh/config && echo '{{}}' >~/.claude.json\n")
    ran = run_script(cli, template, "cat ~/.claude/CLAUDE.md ~/.claude.json; ls ~/.ssh", *HOST).check()
    assert ran.out == home.FILES[".claude/CLAUDE.md"] + home.FILES[".claude.json"] + "id_ed25519\n"
    assert "template" not in home.read(".claude/CLAUDE.md")


@pytest.mark.real_agent
def test_claude_uses_the_hosts_login_and_both_see_what_it_notes(lender, claude_template, model_api):
    cli, home = lender()
    ran = ask(cli, "hello", *HOST, "-e", f"ANTHROPIC_BASE_URL={model_api.url}")
    assert "you said: hello" in ran.out, ran
    assert model_api.turns()[-1].headers.get("authorization") == "Bearer token-of-the-host"
    noted = json.loads(home.read(".claude.json"))
    assert noted["hasCompletedOnboarding"] and "userID" in noted, noted
    assert any(name.endswith(".jsonl") for name in home.names() if name.startswith(".claude/projects/"))


@pytest.mark.real_agent
def test_claude_replaces_the_hosts_configuration_file_and_sees_it_replaced(lender, claude_template, model_api):
    cli, home = lender()
    file = home.path / ".claude.json"
    with open(file, "rb") as first:  # open, so that no other file gets its inode number
        ask(cli, "hello", *HOST, "-e", f"ANTHROPIC_BASE_URL={model_api.url}")
        assert not os.path.samestat(os.fstat(first.fileno()), file.stat()), "claude replaced it by rename"
    home.write(".claude.json", '{"hasCompletedOnboarding": true, "ofTheHost": 1}')
    ask(cli, "hello again")
    noted = json.loads(file.read_text())
    assert noted["ofTheHost"] == 1 and "userID" in noted, noted


@pytest.fixture
def ssh_server(clean_engine, start_sshd, host_address):
    """An sshd that sandboxes reach."""
    return start_sshd(clean_engine.host, host_address)


@pytest.mark.real_agent
@pytest.mark.parametrize("owner", [1234, 0])
def test_ssh_accepts_the_lent_keys_and_configuration_as_the_agents_own(lender, claude_template, ssh_server, owner):
    cli, home = lender({".gitconfig"}, owner)
    for name, source in ((".ssh/id_ed25519", "user_key"), (".ssh/known_hosts", "known_hosts")):
        home.write(name, (ssh_server.directory / source).read_text())
    home.write(".ssh/config", f"Host there\n\tHostName {ssh_server.address}\n\tPort {ssh_server.port}\n\tUser root\n")
    for path in (home.path / ".ssh", home.path):
        path.chmod(0o700)
        os.chown(path, owner, owner)
    cli.sandbox("run", "-q", "-d", *HOST, "claude").check()
    cli.sandbox("exec", ".", "ssh", "-o", "BatchMode=yes", "there", "echo came in").check(0, "came in\n", "")


@pytest.mark.real_agent
def test_the_ssh_agent_is_there_in_a_session_that_began_after_its_socket_moved(lender, claude_template, test_directory):
    cli, _ = lender()
    cli.sandbox("run", "-q", "-d", *HOST, "claude").check()
    cli.sandbox("exec", ".", "sh", "-c", 'echo "${SSH_AUTH_SOCK-none}"').check(0, "none\n")
    script = (
        "import os, socket; s = socket.socket(socket.AF_UNIX); s.connect(os.environ['SSH_AUTH_SOCK']); "
        "s.sendall(b'hello'); print(s.recv(100).decode())"
    )
    for number in (1, 2):
        path = test_directory / f"agent{number}"
        agent = SshAgent(path, b"answer%d" % number)
        asked = cli.sandbox("exec", ".", "python3", "-c", script, env={"SSH_AUTH_SOCK": str(path)})
        asked.check(0, f"answer{number} to hello\n")
        agent.close()
        path.unlink()
    assert os.listdir(sockets_directory(cli)) == [], "sockets are removed"


def test_the_ssh_agents_socket_goes_with_a_caller_that_is_killed(lender, tiny, test_directory):
    cli, _ = lender()
    path = test_directory / "agent"
    agent = SshAgent(path, b"answer")
    seen = os.path.join(cli.directory, "seen")
    running = cli.start([cli.plugin_path, "run", "-q", "-t", tiny, *HOST, "claude", "sh", "touch seen; sleep 1000"],
                        env={"SSH_AUTH_SOCK": str(path)})
    eventually(lambda: os.path.exists(seen), what="the session runs")
    sockets = sockets_directory(cli)
    assert len(os.listdir(sockets)) == 1
    running.signal(signal.SIGKILL)
    running.finish()
    eventually(lambda: os.listdir(sockets) == [], what="the socket is removed")
    agent.close()


def test_a_session_lends_the_ssh_agent_to_its_own_sandbox_alone(lender, tiny, test_directory, workspaces):
    cli, _ = lender()
    other = str(workspaces("other"))
    path = test_directory / "agent"
    agent = SshAgent(path, b"answer")
    cli.sandbox("run", "-q", "-d", "-t", tiny, *HOST, "-w", other, "claude").check()
    seen = os.path.join(cli.directory, "seen")
    running = cli.start_sandbox("run", "-q", "-t", tiny, *HOST, "claude", "sh", "[ -S $SSH_AUTH_SOCK ] && touch seen; read x",
                                env={"SSH_AUTH_SOCK": str(path)})
    eventually(lambda: os.path.exists(seen), what="the session has the socket")
    cli.sandbox("exec", other, "ls", "-A", "/mnt/host/ssh-agent").check(0, "")
    running.finish(b"\n").check()
    agent.close()


def test_what_a_sandbox_has_on_the_host_goes_with_it(lender, tiny, workspaces):
    cli, _ = lender()
    other = str(workspaces("other"))
    cli.sandbox("run", "-q", "-d", "-t", tiny, *HOST, "claude").check()
    cli.sandbox("run", "-q", "-d", "-t", tiny, *HOST, "-w", other, "claude").check()
    assert len(own_directories(cli)) == 2
    cli.sandbox("run", "-q", "-d", "-t", tiny, "--recreate", *HOST, "claude").check()
    assert len(own_directories(cli)) == 2
    cli.sandbox("rm", other).check()
    assert len(own_directories(cli)) == 1
    cli.sandbox("run", "-q", "-t", tiny, "--recreate", *HOST, "claude", "sh", "ls ~/.claude.json").check()
    cli.sandbox("stop", ".").check()
    cli.sandbox("prune", "-f").check()
    assert own_directories(cli) == []


@pytest.mark.parametrize("next_call", [("prune", "-f"), ("run", "-q", "-d", *HOST, "claude")])
def test_what_a_sandbox_has_on_the_host_goes_later_when_it_went_without_us(lender, tiny, workspaces, next_call):
    cli, home = lender()
    identity = cli.sandbox("run", "-q", "-d", "-t", tiny, *HOST, "claude").check().last_line
    cli.docker("exec", "-u", "1000", identity, "sh", "-c", f"{REPLACE}; replace 'the last word'").check()
    (before,) = own_directories(cli)
    cli.docker("rm", "-f", identity).check()
    words = [*next_call[:1], *(("-t", tiny) if next_call[0] == "run" else ()), *next_call[1:]]
    cli.sandbox(*words, cwd=str(workspaces("another"))).check()
    assert before not in own_directories(cli)
    assert home.read(".claude.json") == "the last word\n"


def test_a_creation_that_fails_leaves_nothing_on_the_host(lender, tiny, image):
    cli, _ = lender()
    template = image(f'FROM {tiny}\nENTRYPOINT ["/bin/sh", "-c", "exit 3"]\n')
    run_script(cli, template, "true", *HOST).check(125)
    assert own_directories(cli) == []
    without_agent = image(f"FROM {tiny}\nUSER root\nRUN rm /usr/local/bin/claude\nUSER agent\n")
    run_script(cli, without_agent, "true", *HOST).check(127)
    assert own_directories(cli) == []

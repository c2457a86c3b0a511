# SPDX-License-Identifier: Apache-2.0
"""`docker sandbox run`: its grammar, reuse, what a sandbox remembers, its streams."""

import os
import re
import stat
import time

import pytest
from support.scripted_agent import variables
from support.waiting import eventually

LABELS = {
    "docker/sandbox",
    "com.docker.sandbox.agent",
    "com.docker.sandbox.workingDirectory",
    "com.docker.sandbox.workingDirectoryInode",
    "com.docker.sandbox.credentials",
}


# -- the main job ---------------------------------------------------------------------------------------------------------


@pytest.mark.real_agent
def test_the_real_claude_runs_in_the_workspace(each_cli, claude_template, clean_engine, workspace):
    """`docker sandbox run claude --version`, with the default image; the second run is the same sandbox."""
    first = each_cli.sandbox("run", "claude", "--version").check()
    assert re.fullmatch(r"\d+\.\d+\.\d+ \(Claude Code\)\n", first.out), first
    sandbox = clean_engine.sandbox()
    assert sandbox["Image"] == clean_engine.image(claude_template)["Id"]
    assert sandbox["Config"]["Labels"]["com.docker.sandbox.workingDirectory"] == str(workspace)
    each_cli.sandbox("run", "claude", "--version").check(0, first.out)
    assert clean_engine.sandbox()["Id"] == sandbox["Id"]


@pytest.mark.real_agent
def test_the_real_gemini_runs(cli, gemini_template, clean_engine):
    """Default images: `docker/sandbox-templates:gemini`."""
    ran = cli.sandbox("run", "gemini", "--version").check()
    assert re.fullmatch(r"\d+\.\d+\.\d+\n", ran.out), ran
    assert clean_engine.sandbox()["Image"] == clean_engine.image(gemini_template)["Id"]


@pytest.mark.real_agent
def test_inside_the_agent_is_the_caller_and_has_sudo_and_its_home(claude_template, image, workspaces, make_cli):
    """The template's user with the caller's numbers; its home and passwordless sudo keep working."""
    probe = image(
        f"FROM {claude_template}\nCOPY --chown=0:0 probe /usr/local/bin/claude\n",
        files={
            "probe": b"#!/bin/bash\nwhoami; id -u; id -g; echo $HOME; sudo -n id -u; touch made ~/made && stat -c %u ~/made"
            b"; git --version >/dev/null && echo git\n"
        },
    )
    for uid in (1000, 1234, 501):
        workspace = workspaces(f"of-{uid}", uid=uid)
        user = make_cli(workspace)
        ran = user.sandbox("run", "-t", probe, "claude").check(0)
        assert ran.lines == ["agent", str(uid), str(uid), "/home/agent", "0", str(uid), "git"], ran
        made = os.stat(workspace / "made")
        assert (made.st_uid, made.st_gid) == (uid, uid)


# -- grammar --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "received"),
    [
        ([], []),
        (["args", "-e", "x", "-d"], ["-e", "x", "-d"]),
        (["args", "--help", "-h", "--version"], ["--help", "-h", "--version"]),
        (["args", "--name", "y", "--workspace=/"], ["--name", "y", "--workspace=/"]),
        (["--", "args", "a", "--", "b"], ["a", "--", "b"]),
        (["args", "", " ", "a\nb", "ü", "$HOME", "`id`", "*"], ["", " ", "a\nb", "ü", "$HOME", "`id`", "*"]),
    ],
    ids=repr,
)
def test_all_words_after_the_agent_are_the_agent_s(cli, tiny, workspace, words, received):
    """Options are read only before AGENT; everything after it goes to the agent unchanged, in order; a `--` directly after it
    is dropped."""
    ran = cli.sandbox("run", "-q", "-t", tiny, "claude", *words).check(0, err="")
    if not words:
        assert ran.out == f"scripted agent in {workspace}\n"
    else:
        expected = ["approval=[--dangerously-skip-permissions]"] + [f"[{word}]" for word in received]
        assert ran.out == "\n".join(expected) + "\n"


def test_a_double_dash_before_the_agent_is_dropped(cli, tiny):
    """A `--` before AGENT is accepted and dropped."""
    cli.sandbox("run", "-t", tiny, "--", "claude", "exit", "7").check(7)


def test_the_help_option_of_the_agent_is_the_agent_s(cli, tiny):
    """`run claude --help` is no help of ours."""
    ran = cli.sandbox("run", "-t", tiny, "claude", "--help").check(0)
    assert ran.lines == ["approval=[--dangerously-skip-permissions]", "[--help]"], ran


@pytest.mark.parametrize(
    ("agent", "words", "approval"),
    [
        ("claude", ["args"], "--dangerously-skip-permissions"),
        ("gemini", ["args"], "--yolo"),
    ],
)
def test_the_agent_s_command_line_has_the_approval_flag_first(cli, tiny, agent, words, approval):
    """`claude --dangerously-skip-permissions <agent-options>`, `gemini --yolo <agent-options>`."""
    cli.sandbox("run", "-q", "-t", tiny, agent, *words).check(0, f"approval=[{approval}]\n")


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("claude", ["--permission-mode", "plan"]),
        ("claude", ["--permission-mode=acceptEdits", "x"]),
        ("claude", ["x", "--dangerously-skip-permissions"]),
        ("gemini", ["--approval-mode", "auto_edit"]),
        ("gemini", ["-y", "x"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else value,
)
def test_the_approval_flag_is_left_out_when_the_options_choose_a_mode(cli, tiny, agent, words):
    """The approval flag is left out when agent-options already choose an approval or permission mode."""
    ran = cli.sandbox("run", "-q", "-t", tiny, agent, *words).check(0)
    assert ran.lines == ["approval=[]"] + [f"[{word}]" for word in words], ran


def test_short_options_take_their_values_in_every_form(each_cli, tiny, clean_engine):
    """`-eKEY=V`, `--env=KEY=V`, `-qd` all work; values are never split on commas; `-e` repeats."""
    ran = each_cli.sandbox(
        "run", "-t", tiny, "-eA=1", "--env=B=2", "-e", "C=3,D=4", "-e=E=5", "--env", "F==", "claude", "env"
    )
    have = variables(ran)
    assert {name: have.get(name) for name in "ABCDEF"} == {
        "A": "1", "B": "2", "C": "3,D=4", "D": None, "E": "5", "F": "=",
    }  # fmt: skip
    quiet = each_cli.sandbox("run", "-qd", "-t", tiny, "claude").check(0, err="")
    assert quiet.out == clean_engine.sandbox()["Id"] + "\n"


# -- detached, reuse ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("option", ["-d", "--detached", "--detach"])
def test_detached_prints_the_full_id_as_the_last_line(each_cli, tiny, clean_engine, option):
    """`-d` creates (or reuses) the sandbox and prints its full ID as the last line of stdout."""
    made = each_cli.sandbox("run", option, "-t", tiny, "claude").check()
    sandbox = clean_engine.sandbox()
    assert made.last_line == sandbox["Id"] and sandbox["State"]["Status"] == "running", made
    again = each_cli.sandbox("run", option, "-t", tiny, "claude").check()
    assert again.last_line == sandbox["Id"], again


def test_a_workspace_keeps_its_one_sandbox(cli, tiny, clean_engine, workspaces, make_cli):
    """`run` in a workspace that has one reuses it; two directories never share one."""
    first = cli.sandbox("run", "-d", "-t", tiny, "claude").check().last_line
    cli.sandbox("run", "-t", tiny, "claude", "sh", "echo kept >/tmp/note").check()
    cli.sandbox("run", "-t", tiny, "claude", "sh", "cat /tmp/note").check(0, "kept\n")
    assert clean_engine.sandbox()["Id"] == first
    other = make_cli(workspaces("other"))
    assert other.sandbox("run", "-d", "-t", tiny, "claude").check().last_line != first
    assert len(clean_engine.sandboxes()) == 2


def test_every_spelling_of_the_path_meets_the_same_sandbox(cli, tiny, clean_engine, workspace, test_directory, make_cli):
    """Its identity is its canonical path (symlinks resolved); all spellings meet the same sandbox."""
    link = test_directory / "link"
    link.symlink_to(workspace)
    (workspace / "sub").mkdir()
    for spelling in (
        str(workspace), f"{workspace}/", f"{workspace}/.", f"{workspace}/sub/..", str(link), f"{link}/", ".",
        f"../{workspace.name}", "sub/..",
    ):  # fmt: skip
        cli.sandbox("run", "-d", "-t", tiny, "-w", spelling, "claude").check()
        ran = cli.sandbox("run", "-q", "-t", tiny, f"--workspace={spelling}", "claude", "sh", "pwd")
        ran.check(0, f"{workspace}\n")
    assert clean_engine.sandbox()
    at_link = make_cli(link)
    at_link.sandbox("run", "-q", "-t", tiny, "claude", "sh", "pwd", env={"PWD": str(link)}).check(0, f"{workspace}\n")
    assert clean_engine.sandbox()


def test_a_second_session_joins_the_running_sandbox(cli, tiny, clean_engine, workspace):
    """Joined if running: a second terminal is a second session in the same sandbox."""
    first = cli.start_sandbox("run", "-t", tiny, "claude", "wait", f"{workspace}/go")
    assert first.stdout.readline() == b"waiting\n"
    second = cli.sandbox("run", "-t", tiny, "claude", "sh", "ps -o args; touch go").check()
    assert "claude" in second.out and f"wait {workspace}/go" in second.out, second
    assert first.finish(b"").check(0, "seen\n")
    assert clean_engine.sandbox()


def test_another_agent_runs_in_the_same_sandbox(cli, tiny, clean_engine):
    """The agent is not part of the key."""
    cli.sandbox("run", "-d", "-t", tiny, "claude").check()
    ran = cli.sandbox("run", "-t", tiny, "gemini", "args").check(0)
    assert ran.out == "approval=[--yolo]\n"
    assert clean_engine.sandbox()["Config"]["Labels"]["com.docker.sandbox.agent"] == "claude"


def test_detached_processes_live_on_and_zombies_are_reaped(cli, tiny, clean_engine):
    """`--init`, so that zombies are reaped. Detached processes live on when the agent exits."""
    cli.sandbox("run", "-t", tiny, "claude", "sh", "setsid sleep 4321 >/dev/null 2>&1 </dev/null & echo $! >/tmp/number").check()
    sandbox = clean_engine.sandbox()
    assert sandbox["HostConfig"]["Init"] is True
    assert "sleep 4321" in clean_engine.processes(sandbox["Id"])
    cli.sandbox("run", "-t", tiny, "claude", "sh", "kill $(cat /tmp/number)").check()
    # A zombie is in the list, too, under its name alone.
    number = cli.docker("exec", sandbox["Id"], "cat", "/tmp/number").check().out.strip()

    def reaped():
        numbers = [line.split()[0] for line in cli.docker("exec", sandbox["Id"], "ps", "-o", "pid").check().lines]
        assert "1" in numbers, numbers
        return number not in numbers

    eventually(reaped, what="the daemon is reaped")


# -- labels and names -----------------------------------------------------------------------------------------------------


def test_the_container_has_the_labels(cli, tiny, clean_engine, workspace):
    """Labels on the container; the inode is the workspace's."""
    cli.sandbox("run", "-d", "-t", tiny, "claude").check()
    labels = clean_engine.sandbox()["Config"]["Labels"]
    assert labels.keys() >= LABELS
    assert labels["docker/sandbox"] == "true"
    assert labels["com.docker.sandbox.agent"] == "claude"
    assert labels["com.docker.sandbox.workingDirectory"] == str(workspace)
    assert labels["com.docker.sandbox.workingDirectoryInode"] == str(os.stat(workspace).st_ino)
    assert labels["com.docker.sandbox.credentials"] == "sandbox"
    assert all(name == "docker/sandbox" or name.startswith("com.docker.sandbox.") for name in labels), labels


@pytest.mark.parametrize("agent", ["claude", "gemini"])
def test_the_generated_name_has_the_agent_and_the_local_time(cli, tiny, clean_engine, agent):
    """Default name `<agent>-sandbox-YYYY-MM-DD-HHMMSS` in local time."""
    before = time.time()
    cli.sandbox("run", "-d", "-t", tiny, agent, env={"TZ": "UTC-5:30"}).check()
    after = time.time()
    name = clean_engine.sandbox()["Name"].removeprefix("/")
    made = re.fullmatch(agent + r"-sandbox-(\d{4}-\d{2}-\d{2}-\d{6})", name)
    assert made, name
    local = 5.5 * 3600
    earliest, latest = (time.strftime("%Y-%m-%d-%H%M%S", time.gmtime(t + local)) for t in (before - 1, after + 1))
    assert earliest <= made.group(1) <= latest, (earliest, name, latest)


def test_the_sandbox_gets_the_name_asked_for(cli, tiny, clean_engine):
    """`--name`: name for the sandbox."""
    cli.sandbox("run", "-d", "--name", "my-project", "-t", tiny, "claude").check()
    assert clean_engine.sandbox()["Name"] == "/my-project"


@pytest.mark.parametrize("name", ["", "a", "-x", "a b", "a/b", "ä", ".x"])
def test_a_name_that_no_engine_accepts_is_refused(cli, tiny, clean_engine, name):
    """Bad input gets one clear sentence and 125, and leaves nothing behind."""
    told = f'invalid sandbox name "{name}": only [a-zA-Z0-9][a-zA-Z0-9_.-]+ are allowed\n'
    cli.sandbox("run", "-d", f"--name={name}", "-t", tiny, "claude").check(125, "", told)
    assert not clean_engine.containers()


# -- credentials, volumes, docker socket: that each is accepted and recorded ----------------------------------------------


@pytest.mark.parametrize("mode", ["sandbox", "host", "none"])
def test_each_credentials_mode_is_accepted_and_recorded(cli, tiny, clean_engine, mode):
    """`--credentials`: host, sandbox, or none."""
    cli.sandbox("run", "--credentials", mode, "-t", tiny, "claude", "exit", "0").check(0)
    sandbox = clean_engine.sandbox()
    assert sandbox["Config"]["Labels"]["com.docker.sandbox.credentials"] == mode
    volumes = {m["Destination"]: m["Name"] for m in sandbox["Mounts"] if m["Type"] == "volume"}
    assert volumes == ({"/mnt/claude-data": "docker-claude-sandbox-data"} if mode == "sandbox" else {})


def test_gemini_has_a_volume_of_its_own(cli, tiny, clean_engine):
    """`docker-gemini-sandbox-data` at `/mnt/gemini-data`."""
    cli.sandbox("run", "-d", "-t", tiny, "gemini").check()
    volumes = [m for m in clean_engine.sandbox()["Mounts"] if m["Type"] == "volume"]
    assert [(m["Name"], m["Destination"]) for m in volumes] == [("docker-gemini-sandbox-data", "/mnt/gemini-data")]


def test_a_mode_that_does_not_exist_is_refused(cli):
    failed = cli.sandbox("run", "--credentials", "vault", "claude").check(125, "")
    assert all(word in failed.err for word in ("vault", "host", "sandbox", "none")), failed


def test_the_docker_socket_is_mounted_on_request_with_a_caution_once(cli, tiny, clean_engine):
    """The engine's socket at `/var/run/docker.sock`, its group for the agent's user; the caution once, at creation; never
    chowned or chmodded."""
    before = os.stat(clean_engine.socket_path)
    probe = ["claude", "sh", "cd /var/run && [ -S docker.sock ] && [ -w docker.sock ] && id -G && stat -c %g docker.sock"]
    first = cli.sandbox("run", "-t", tiny, "--mount-docker-socket", *probe).check(0)
    assert "full access" in first.err, first
    groups, socket_group = first.lines[0].split(), first.lines[1]
    assert int(socket_group) == before.st_gid, first
    assert socket_group in groups, first
    assert "full access" not in cli.sandbox("run", "-t", tiny, "--mount-docker-socket", *probe).check(0).err
    after = os.stat(clean_engine.socket_path)
    assert (after.st_uid, after.st_gid, stat.S_IMODE(after.st_mode)) == (
        before.st_uid, before.st_gid, stat.S_IMODE(before.st_mode),
    )  # fmt: skip
    socket_mounts = [m for m in clean_engine.sandbox()["Mounts"] if m["Destination"] == "/var/run/docker.sock"]
    assert [m["Source"] for m in socket_mounts] == [clean_engine.socket_path]


# -- quiet, streams -------------------------------------------------------------------------------------------------------


def test_stdout_has_the_agent_s_output_and_nothing_else(cli, tiny):
    """Streams: stdout carries the answer and nothing else; stdout and stderr separate."""
    first = cli.sandbox("run", "-t", tiny, "claude", "streams").check(0, "to-stdout\n")
    assert first.err.endswith("to-stderr\n"), first
    cli.sandbox("run", "-q", "-t", tiny, "claude", "streams").check(0, "to-stdout\n", "to-stderr\n")


def test_stdin_goes_to_the_agent_byte_for_byte(each_cli, tiny):
    """Stdin forwarded byte for byte with its end of file, byte-exact, including all 256 byte values."""
    data = bytes(range(256)) * 1024 + b"no newline at the end"
    ran = each_cli.sandbox("run", "-q", "-t", tiny, "claude", "cat", data=data).check(0, err="")
    assert ran.stdout_bytes == data
    empty = each_cli.sandbox("run", "-q", "-t", tiny, "claude", "cat", data=b"").check(0, "", "")
    assert empty.stdout_bytes == b""


def test_host_docker_internal_resolves(cli, tiny):
    """`host.docker.internal` resolves to the host."""
    ran = cli.sandbox("run", "-q", "-t", tiny, "claude", "sh", "grep -c 'host.docker.internal' /etc/hosts")
    ran.check(0, "1\n")


def test_a_terminal_session_has_the_size_from_the_start_and_after_changes(each_cli, tiny):
    """The right size from the first moment and after every resize; the exit status."""
    terminal = each_cli.sandbox_terminal("run", "-q", "-t", tiny, "claude", "size", rows=33, columns=101)
    terminal.wait_for("33 101")
    terminal.resize(21, 77)
    terminal.wait_for("21 77")
    terminal.send("\r")
    assert terminal.finish() == 0
    terminal = each_cli.sandbox_terminal("run", "-q", "-t", tiny, "claude", "exit", "9")
    assert terminal.finish() == 9

# SPDX-License-Identifier: Apache-2.0
"""spec.md section 2: `docker sandbox run`, its grammar, what is inside, reuse, refusals."""

import os
import re
import stat
import time

import pytest
from support.waiting import eventually

LABELS = {
    "docker/sandbox",
    "com.docker.sandbox.agent",
    "com.docker.sandbox.workingDirectory",
    "com.docker.sandbox.workingDirectoryInode",
    "com.docker.sandbox.credentials",
}


def variables(result):
    """The environment that the scripted agent's `env` wrote."""
    pairs = (entry.split(b"=", 1) for entry in result.check().stdout_bytes.split(b"\0") if entry)
    return {name.decode(): value.decode("utf-8", "surrogateescape") for name, value in pairs}


# -- the main job ---------------------------------------------------------------------------------------------------------


@pytest.mark.real_agent
def test_the_real_claude_runs_in_the_workspace(each_cli, claude_template, clean_engine, workspace):
    """`docker sandbox run claude --version`, with the default image; the second run is the same sandbox."""
    first = each_cli.sandbox("run", "claude", "--version").check()
    assert re.fullmatch(r"\d+\.\d+\.\d+ \(Claude Code\)\n", first.out), first
    sandbox = clean_engine.sandbox()
    assert sandbox["Config"]["Image"] == claude_template
    assert sandbox["Config"]["Labels"]["com.docker.sandbox.workingDirectory"] == str(workspace)
    each_cli.sandbox("run", "claude", "--version").check(0, first.out)
    assert clean_engine.sandbox()["Id"] == sandbox["Id"]


@pytest.mark.real_agent
def test_the_real_gemini_runs(cli, gemini_template, clean_engine):
    """Default images: `docker/sandbox-templates:gemini`."""
    ran = cli.sandbox("run", "gemini", "--version").check()
    assert re.fullmatch(r"\d+\.\d+\.\d+\n", ran.out), ran
    assert clean_engine.sandbox()["Config"]["Image"] == gemini_template


@pytest.mark.real_agent
def test_inside_the_agent_is_the_caller_and_has_sudo_and_its_home(cli, claude_template, image, workspaces, make_cli):
    """2.2: the template's user with the caller's numbers; its home and passwordless sudo keep working."""
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
    """2.1: `run` in a workspace that has one reuses it; two directories never share one."""
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


def test_a_stopped_sandbox_is_started_again(cli, tiny, clean_engine):
    """Started if stopped."""
    identity = cli.sandbox("run", "-d", "-t", tiny, "claude").check().last_line
    cli.sandbox("run", "-t", tiny, "claude", "sh", "echo kept >/home/agent/note").check()
    clean_engine.stop(identity)
    cli.sandbox("run", "-t", tiny, "claude", "sh", "cat ~/note").check(0, "kept\n")
    assert clean_engine.sandbox()["Id"] == identity


def test_a_paused_sandbox_is_unpaused(cli, tiny, clean_engine):
    """Section 6: a paused sandbox is unpaused by `run`."""
    identity = cli.sandbox("run", "-d", "-t", tiny, "claude").check().last_line
    clean_engine.post(f"/containers/{identity}/pause")
    cli.sandbox("run", "-t", tiny, "claude", "exit", "3").check(3)
    assert clean_engine.state(identity) == "running"


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
    """2.2: `--init`, so that zombies are reaped. Detached processes live on when the agent exits."""
    cli.sandbox("run", "-t", tiny, "claude", "sh", "setsid sleep 4321 >/dev/null 2>&1 </dev/null & exit 0").check()
    sandbox = clean_engine.sandbox()
    assert sandbox["HostConfig"]["Init"] is True
    assert "sleep 4321" in clean_engine.processes(sandbox["Id"])
    cli.sandbox("run", "-t", tiny, "claude", "sh", "kill $(pidof sleep) || true").check()

    def no_zombies():
        cli_lines = cli.docker("exec", sandbox["Id"], "ps", "-o", "stat,args").check().lines
        return not [line for line in cli_lines if line.startswith("Z")]

    eventually(no_zombies)


# -- labels and names -----------------------------------------------------------------------------------------------------


def test_the_container_has_the_labels(cli, tiny, clean_engine, workspace):
    """Section 3: labels on the container; the inode is the workspace's."""
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
    failed = cli.sandbox("run", "-d", f"--name={name}", "-t", tiny, "claude").check(125, "")
    assert "name" in failed.err and len(failed.err.strip().split("\n\n")[0].splitlines()) == 1, failed
    assert not clean_engine.containers()


def test_a_name_that_is_taken_is_told_with_its_owner(cli, tiny, clean_engine):
    """A name taken by a container that is no sandbox: an error that says by what; nothing stays behind."""
    cli.docker("create", "--name", "taken", tiny).check()
    failed = cli.sandbox("run", "-d", "--name", "taken", "-t", tiny, "claude").check(125, "")
    assert "taken" in failed.err, failed
    assert [c["Names"] for c in clean_engine.containers()] == [["/taken"]]
    cli.docker("rm", "taken").check()


# -- environment ----------------------------------------------------------------------------------------------------------


def test_variables_reach_every_process_of_the_container(cli, tiny, clean_engine):
    """2.2: Environment: in every process of the container; the template's own stays."""
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
    """Environment: the template's, then `--env-file`, then `-e`. The file has docker run's grammar."""
    first, second = test_directory / "first.env", test_directory / "second.env"
    first.write_text("# a comment\n\nTEMPLATE_SAYS=file\nONE=first\nTWO=first\n  SPACED=a b \nCOPIED\nABSENT\n")
    second.write_text("TWO=second\nQUOTED='x'\nTHREE=file\n")
    ran = cli.sandbox(
        "run", "-t", tiny, "--env-file", str(first), f"--env-file={second}", "-e", "THREE=option", "claude", "env",
        env={"COPIED": "from the caller"},
    )  # fmt: skip
    have = variables(ran)
    names = ("TEMPLATE_SAYS", "ONE", "TWO", "THREE", "SPACED", "QUOTED", "COPIED", "ABSENT")
    assert [have.get(name) for name in names] == [
        "file", "first", "second", "option", "a b ", "'x'", "from the caller", None,
    ]  # fmt: skip


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


def test_the_caller_s_locale_goes_along_at_each_session(cli, tiny):
    """From the caller, at each session: `LANG`/`LC_*`/`TZ`; `TERM` and `COLORTERM` only with a terminal."""
    caller = {"LANG": "de_DE.UTF-8", "LC_TIME": "C", "TZ": "UTC", "COLORTERM": "truecolor", "TERM": "xterm", "OTHER": "1"}
    have = variables(cli.sandbox("run", "-t", tiny, "claude", "env", env=caller))
    assert {name: have.get(name) for name in caller} == {
        "LANG": "de_DE.UTF-8", "LC_TIME": "C", "TZ": "UTC", "COLORTERM": None, "TERM": None, "OTHER": None,
    }  # fmt: skip
    again = variables(cli.sandbox("run", "-t", tiny, "claude", "env", env={"LANG": None, "TZ": "UTC-1"}))
    assert ("LANG" in again, again["TZ"]) == (False, "UTC-1")


def test_term_goes_along_with_a_terminal(cli, tiny):
    terminal = cli.sandbox_terminal(
        "run", "-q", "-t", tiny, "claude", "sh", "echo $TERM/$COLORTERM.", env={"TERM": "vt220", "COLORTERM": "24bit"}
    )
    terminal.wait_for("vt220/24bit.")
    assert terminal.finish() == 0


# -- workspaces -----------------------------------------------------------------------------------------------------------


def test_the_workspace_is_at_its_own_path_and_writable(cli, tiny, workspace):
    """2.2: the workspace at its own absolute path, read-write; the working directory."""
    (workspace / "outside").write_text("from outside")
    ran = cli.sandbox("run", "-q", "-t", tiny, "claude", "sh", "pwd; cat outside; echo inside >inside")
    ran.check(0, f"{workspace}\nfrom outside")
    assert (workspace / "inside").read_text() == "inside\n"
    assert os.stat(workspace / "inside").st_uid == 1000


def test_nothing_else_of_the_host_is_inside(cli, tiny, clean_engine, workspace):
    """2.2: nothing else of the host but what was asked for; no privileges beyond the engine's default."""
    cli.sandbox("run", "-d", "-t", tiny, "claude").check()
    sandbox = clean_engine.sandbox()
    binds = [mount for mount in sandbox["Mounts"] if mount["Type"] == "bind"]
    assert [(m["Source"], m["Destination"], m["RW"]) for m in binds] == [(str(workspace), str(workspace), True)]
    host = sandbox["HostConfig"]
    assert not host["Privileged"] and not host["CapAdd"] and not host["Devices"] and not host["PortBindings"]
    assert host["NetworkMode"] in ("default", "bridge") and not host["PidMode"]
    assert host["IpcMode"] in ("private", "shareable", "") and not host["SecurityOpt"]


def test_a_workspace_option_names_the_directory(cli, tiny, workspaces, clean_engine):
    """`-w, --workspace`."""
    other = workspaces("with blank and ü")
    cli.sandbox("run", "-q", "-t", tiny, "-w", str(other), "claude", "sh", "pwd").check(0, f"{other}\n")
    cli.sandbox("run", "-q", "-t", tiny, "--workspace", f"../{other.name}", "claude", "sh", "pwd").check(0, f"{other}\n")
    assert clean_engine.sandbox()


@pytest.mark.parametrize(
    ("workspace_option", "reason"),
    [
        ("/nonexistent/dir", "no such"),
        ("/etc/passwd", "not a directory"),
        ("/", "/"),
        ("HOME", "home directory"),
        ("HOME/..", "home directory"),
        ("", "workspace"),
    ],
)
def test_a_workspace_that_cannot_be_one_is_refused_with_the_reason(cli, tiny, clean_engine, workspace_option, reason):
    """Refused, with the reason: a workspace that does not exist or is no directory, `/`, the home directory and what
    contains it."""
    option = workspace_option.replace("HOME", cli.home)
    failed = cli.sandbox("run", "-t", tiny, f"--workspace={option}", "claude").check(125, "")
    assert reason in failed.err.lower(), failed
    assert not clean_engine.containers()


def test_the_home_directory_is_refused_as_the_current_directory(make_cli, clean_engine, tiny, test_directory):
    cli = make_cli(test_directory)
    failed = cli.sandbox("run", "-t", tiny, "claude", cwd=cli.home).check(125, "")
    assert "home directory" in failed.err, failed
    assert not clean_engine.containers()


def test_a_current_directory_that_is_gone_is_told(cli, tiny, workspaces, clean_engine):
    gone = workspaces("gone")
    failed = cli.run(
        ["sh", "-c", f'cd "$1" && rmdir "$1" && exec "{cli.plugin_path}" run -t {tiny} claude', "sh", str(gone)]
    ).check(125, "")
    assert "directory" in failed.err, failed
    assert not clean_engine.containers()


def test_the_owner_of_a_workspace_is_never_changed(cli, tiny, workspaces):
    """Never `chown` in the workspace."""
    workspace = workspaces("mixed", uid=1234)
    (workspace / "roots").write_text("x")
    before = {name: (os.stat(workspace / name).st_uid, os.stat(workspace / name).st_mode) for name in (".", "roots")}
    cli.sandbox("run", "-t", tiny, "-w", str(workspace), "claude", "exit", "0").check(0)
    after = {name: (os.stat(workspace / name).st_uid, os.stat(workspace / name).st_mode) for name in (".", "roots")}
    assert after == before


# -- who the agent is -----------------------------------------------------------------------------------------------------


def test_a_caller_that_is_not_root_gets_its_own_numbers(make_cli, tiny, workspaces):
    """The template's user, with that user's number changed to the caller's: user and group (section 6)."""
    workspace = workspaces("mine", uid=1717, gid=1818)
    caller = make_cli(workspace, uid=1717, gid=1818)
    ran = caller.sandbox("run", "-q", "-t", tiny, "claude", "sh", "touch made; claude where")
    ran.check(0, f"1717 1818 agent /home/agent {workspace}\n")
    made = os.stat(workspace / "made")
    assert (made.st_uid, made.st_gid) == (1717, 1818)


def test_root_s_own_workspace_has_a_root_agent(cli, tiny, workspaces):
    """When the number is 0 the agent runs as container root with IS_SANDBOX=1; HOME is the template user's."""
    workspace = workspaces("of-root", uid=0)
    have = variables(cli.sandbox("run", "-t", tiny, "-w", str(workspace), "claude", "env"))
    assert (have["IS_SANDBOX"], have["HOME"]) == ("1", "/home/agent")
    cli.sandbox("run", "-q", "-t", tiny, "-w", str(workspace), "claude", "sh", "id -u; echo x >made").check(0, "0\n")
    assert os.stat(workspace / "made").st_uid == 0


# -- templates ------------------------------------------------------------------------------------------------------------


def test_a_template_without_the_agent_is_told_and_leaves_nothing(cli, tiny, image, clean_engine):
    """The "binary was not found" error with the sandbox's name, the template, the directories searched, and what to do; exit
    127. When this call created the sandbox, it is removed again."""
    without = image(f"FROM {tiny}\nUSER root\nRUN rm /usr/local/bin/claude\nUSER agent\n")
    failed = cli.sandbox("run", "--template", without, "--name", "lonely", "claude").check(127, "")
    lines = failed.err.splitlines()
    sentence = "The claude binary was not found in the sandbox; please check this is the correct sandbox for this agent."
    assert sentence in lines, failed
    rest = failed.err.split(sentence)[1]
    for part in ("lonely", without, "/usr/local/bin", "/bin"):
        assert part in rest, failed
    assert not clean_engine.containers()


def test_an_agent_that_is_missing_leaves_an_older_sandbox_alone(cli, tiny, image, clean_engine):
    """2.1: otherwise the "binary was not found" error above says which agent the sandbox was made for."""
    only_claude = image(f"FROM {tiny}\nUSER root\nRUN rm /usr/local/bin/gemini\nUSER agent\n")
    identity = cli.sandbox("run", "-d", "-t", only_claude, "claude").check().last_line
    failed = cli.sandbox("run", "gemini").check(127, "")
    assert "The gemini binary was not found in the sandbox" in failed.err, failed
    assert re.search(r"made for.*claude", failed.err), failed
    assert clean_engine.sandbox()["Id"] == identity


def test_an_agent_that_cannot_be_executed_exits_126(cli, tiny, image):
    """126: the program exists in the sandbox but cannot be executed; nothing on stdout."""
    broken = image(f"FROM {tiny}\nUSER root\nRUN chmod 644 /usr/local/bin/claude\nUSER agent\n")
    failed = cli.sandbox("run", "-t", broken, "claude").check(126, "")
    assert "/usr/local/bin/claude" in failed.err, failed


def test_an_agent_in_a_per_user_place_is_found(cli, tiny, image):
    """The program is looked up in the image's PATH and in the usual per-user places (`~/.local/bin`)."""
    moved = image(
        f"FROM {tiny}\nUSER root\nRUN mkdir -p /home/agent/.local/bin && mv /usr/local/bin/claude /home/agent/.local/bin/"
        " && chown -R 1000:1000 /home/agent/.local\nUSER agent\n"
    )
    cli.sandbox("run", "-q", "-t", moved, "claude", "args", "x").check(0, "approval=[--dangerously-skip-permissions]\n[x]\n")


def test_an_agent_that_only_a_login_shell_finds_is_found(cli, tiny, image):
    """... and what a login shell would add."""
    moved = image(
        f"FROM {tiny}\nUSER root\nRUN mkdir -p /opt/tools && mv /usr/local/bin/claude /opt/tools/"
        " && echo 'PATH=/opt/tools:$PATH' >/etc/profile\nUSER agent\n"
    )
    cli.sandbox("run", "-q", "-t", moved, "claude", "args", "x").check(0, "approval=[--dangerously-skip-permissions]\n[x]\n")


def test_the_template_s_settings_are_respected(cli, tiny, image, clean_engine):
    """The template's ENTRYPOINT, ENV, USER, WORKDIR and labels are respected; the command is replaced by one that waits."""
    own = image(
        f"FROM {tiny}\nLABEL theirs=kept\nENV ALSO=here\nCOPY enter /enter\nENTRYPOINT [\"/enter\"]\nCMD [\"false\"]\n",
        files={"enter": b'#!/bin/sh\necho "$ALSO" >/tmp/entered\nexec "$@"\n'},
    )
    ran = cli.sandbox("run", "-q", "-t", own, "claude", "sh", "cat /tmp/entered; echo $ALSO $TEMPLATE_SAYS")
    ran.check(0, "here\nhere hello\n")
    assert clean_engine.sandbox()["Config"]["Labels"]["theirs"] == "kept"


def test_an_entrypoint_that_ends_at_once_is_quoted(cli, tiny, image, clean_engine):
    """When the entrypoint ends at once, the error quotes its last output; nothing stays behind."""
    own = image(
        f"FROM {tiny}\nCOPY enter /enter\nENTRYPOINT [\"/enter\"]\n",
        files={"enter": b"#!/bin/sh\necho 'the license server is away' >&2\nexit 3\n"},
    )
    failed = cli.sandbox("run", "-t", own, "claude").check(125, "")
    assert "the license server is away" in failed.err, failed
    assert not clean_engine.containers()


@pytest.mark.parametrize("reference", ["", "lower/UPPER", "a b", "x:y:z", "name@sha256:12"], ids=repr)
def test_a_malformed_template_is_refused(cli, clean_engine, reference):
    """Bad input gets one clear sentence and 125."""
    failed = cli.sandbox("run", f"--template={reference}", "claude").check(125, "")
    assert len(failed.err.strip().splitlines()) == 1 and "invalid reference format" in failed.err, failed


def test_an_image_that_is_nowhere_is_told_with_the_engine_s_words(cli, clean_engine):
    """`--pull never`; and a pull that fails quotes the engine; nothing stays behind."""
    failed = cli.sandbox("run", "--pull", "never", "-t", "sandbox-e2e/none:1", "claude").check(125, "")
    assert "sandbox-e2e/none:1" in failed.err, failed
    failed = cli.sandbox("run", "-t", "127.0.0.1:1/sandbox-e2e/none:1", "claude").check(125, "")
    assert "Error response from daemon: " in failed.err, failed
    assert not clean_engine.containers()


def test_a_pull_policy_that_does_not_exist_is_refused(cli):
    failed = cli.sandbox("run", "--pull", "sometimes", "claude").check(125, "")
    assert all(word in failed.err for word in ("sometimes", "always", "missing", "never")), failed


def test_a_local_image_is_taken_without_a_registry(cli, tiny, image):
    """Local image first; `--pull never` with an image that is there."""
    cli.sandbox("run", "--pull", "never", "-t", tiny, "claude", "exit", "5").check(5)
    identity = image(f"FROM {tiny}\n")
    cli.sandbox("run", "--pull=missing", "-t", identity, "claude", "exit", "5").check(5)


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
    """2.3: `docker-gemini-sandbox-data` at `/mnt/gemini-data`."""
    cli.sandbox("run", "-d", "-t", tiny, "gemini").check()
    volumes = [m for m in clean_engine.sandbox()["Mounts"] if m["Type"] == "volume"]
    assert [(m["Name"], m["Destination"]) for m in volumes] == [("docker-gemini-sandbox-data", "/mnt/gemini-data")]


def test_a_mode_that_does_not_exist_is_refused(cli, clean_engine):
    failed = cli.sandbox("run", "--credentials", "vault", "claude").check(125, "")
    assert all(word in failed.err for word in ("vault", "host", "sandbox", "none")), failed


def test_the_docker_socket_is_not_inside_by_default(cli, tiny):
    cli.sandbox("run", "-q", "-t", tiny, "claude", "sh", "test ! -e /var/run/docker.sock && test ! -e /run/docker.sock").check(0)


def test_the_docker_socket_is_mounted_on_request_with_a_caution_once(cli, tiny, clean_engine):
    """2.4: the engine's socket at `/var/run/docker.sock`, its group for the agent's user; the caution once, at creation; never
    chowned or chmodded."""
    before = os.stat(clean_engine.socket_path)
    probe = ["claude", "sh", "printf 'GET /_ping HTTP/1.0\\r\\nHost: x\\r\\n\\r\\n' | nc local:/var/run/docker.sock; id -G; stat -c %g /var/run/docker.sock"]
    first = cli.sandbox("run", "-t", tiny, "--mount-docker-socket", *probe)
    assert first.code == 0 and re.search(r"full access", first.err), first
    groups, socket_group = first.lines[-2].split(), first.lines[-1]
    assert socket_group in groups and int(socket_group) == before.st_gid, first
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
    """2.5: stdin forwarded byte for byte with its end of file, byte-exact, including all 256 byte values."""
    data = bytes(range(256)) * 1024 + b"no newline at the end"
    ran = each_cli.sandbox("run", "-q", "-t", tiny, "claude", "cat", data=data).check(0, err="")
    assert ran.stdout_bytes == data
    empty = each_cli.sandbox("run", "-q", "-t", tiny, "claude", "cat", data=b"").check(0, "", "")
    assert empty.stdout_bytes == b""


def test_host_docker_internal_resolves(cli, tiny):
    """2.2: `host.docker.internal` resolves to the host."""
    ran = cli.sandbox("run", "-q", "-t", tiny, "claude", "sh", "grep -c 'host.docker.internal' /etc/hosts")
    ran.check(0, "1\n")


def test_a_terminal_session_has_the_size_from_the_start_and_after_changes(each_cli, tiny):
    """2.5: the right size from the first moment and after every resize; the exit status."""
    terminal = each_cli.sandbox_terminal("run", "-q", "-t", tiny, "claude", "size", rows=33, columns=101)
    terminal.wait_for("33 101")
    terminal.resize(21, 77)
    terminal.wait_for("21 77")
    terminal.send("\r")
    assert terminal.finish() == 0
    terminal = each_cli.sandbox_terminal("run", "-q", "-t", tiny, "claude", "exit", "9")
    assert terminal.finish() == 9

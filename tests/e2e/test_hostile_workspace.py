# SPDX-License-Identifier: Apache-2.0
"""Workspaces, templates and agents that mean ill, or look as if they did."""

import json
import os
import signal
import threading

import pytest
from support.headless import RUNS, begin, root_in_runs
from support.held_proxy import HeldProxy
from support.waiting import eventually

from conftest import as_paths

ESCAPES = "\x1b]0;owned\x07\x1b[2J"
CONTROLS = {*map(chr, range(32)), "\x7f", *map(chr, range(0x80, 0xA0))} - {"\n", "\t"}


def no_controls(*results):
    """Nothing that moves a terminal's cursor is in what these commands said. (In what an agent says it may be.)"""
    for result in results:
        found = CONTROLS & {*(result.out + result.err)}
        assert not found, (found, result)
    return results[-1]


# -- names ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", as_paths(["two words", "line\nend", "quotes'\"`$(x)", "back\\slash", "tab\there", ESCAPES, "-d", "a:b", "%2e%2e"])
)
def test_a_workspace_may_have_any_name(cli, tiny, workspaces, name):
    path = workspaces(name)
    (path / "inside").write_text("yes\n")
    no_controls(cli.sandbox("run", "-q", "-d", "-t", tiny, "claude", cwd=path)).check()
    cli.sandbox("exec", ".", "cat", "inside", cwd=path).check(0, "yes\n", "")
    shown = [cli.sandbox("ls", cwd=path), cli.sandbox("inspect", ".", cwd=path)]
    no_controls(*shown, cli.sandbox("run", "-e", "NEW=1", "claude", "exit", "0", cwd=path).check())
    assert json.loads(cli.sandbox("inspect", ".", cwd=path).check().out)[0]["workspace"] == str(path)
    no_controls(cli.sandbox("rm", ".", cwd=path).check())


def test_a_workspace_that_json_cannot_name_is_refused(cli, tiny, workspaces, clean_engine):
    path = workspaces("\udcff\udcfe")
    before = os.listdir(path.parent)
    refused = no_controls(cli.sandbox("run", "-q", "-d", "-t", tiny, "claude", cwd=path)).check(125, "")
    assert refused.err.startswith("cannot mount ") and "\\xff\\xfe: the path is not UTF-8" in refused.err, refused
    assert not clean_engine.sandboxes()
    assert sorted(os.listdir(path.parent)) == sorted(before)


# -- what is mounted is what was checked ------------------------------------------------------------------------------------------


@pytest.fixture
def inner(workspaces):
    """A workspace in another one, whose agent may do with it as it likes, and a directory that is nobody's business."""
    outer = workspaces("outer")
    secret = workspaces("secret", uid=0)
    (secret / "key").write_text("secret\n")
    path = workspaces("inner", parent=outer)
    (path / "key").write_text("checked\n")
    return path, secret


def swap(path, secret):
    os.rename(path, str(path) + ".away")
    os.symlink(secret, path)


def call_meanwhile_swapped(cli, engine, directory, held, inner, *words):
    """What becomes of a call during whose request `held` a link takes the directory's place."""
    with HeldProxy(str(directory / "held.sock"), engine.socket_path, held) as proxy:
        running = cli.start_sandbox(*words, env={"DOCKER_HOST": proxy.host})
        proxy.wait()
        swap(*inner)
        proxy.release()
        return running.finish()


def swap_back(path):
    os.unlink(path)
    os.rename(str(path) + ".away", path)


@pytest.mark.parametrize("held", [r"^POST .*/containers/create", r"^POST .*/containers/[0-9a-f]{64}/start"])
def test_a_link_that_takes_the_workspaces_place_is_not_mounted(cli, tiny, inner, clean_engine, test_directory, held):
    path, _ = inner
    words = ["run", "-q", "-t", tiny, "-w", str(path), "claude", "sh", "cat key"]
    ran = call_meanwhile_swapped(cli, clean_engine, test_directory, held, inner, *words).check(125, "")
    assert f"has mounted another directory at {path}" in ran.err, ran
    assert not clean_engine.sandboxes()
    swap_back(path)
    cli.sandbox(*words).check(0, "checked\n")


def test_a_link_that_takes_a_volumes_place_is_not_mounted(cli, tiny, inner, clean_engine, test_directory):
    path, _ = inner
    words = ["run", "-q", "-t", tiny, "-v", f"{path}:/data:ro", "claude", "sh", "cat /data/key"]
    ran = call_meanwhile_swapped(cli, clean_engine, test_directory, r"^POST .*/start", inner, *words).check(125, "")
    assert "has mounted another directory at /data" in ran.err, ran
    assert not clean_engine.sandboxes()


@pytest.mark.parametrize("command", [["exec", "box", "cat", "key"], ["run", "-w", "PATH", "claude", "sh", "cat key"]])
def test_a_stopped_sandbox_is_not_started_on_a_link(cli, tiny, inner, clean_engine, test_directory, command):
    path, _ = inner
    words = [str(path) if word == "PATH" else word for word in command]
    box = cli.sandbox("run", "-q", "-d", "-t", tiny, "--name", "box", "-w", str(path), "claude").check().last_line
    cli.sandbox("stop", "box").check()
    ran = call_meanwhile_swapped(cli, clean_engine, test_directory, r"^POST .*/start", inner, *words).check(125, "")
    assert f"has mounted another directory at {path}" in ran.err, ran
    assert clean_engine.state(box) == "exited"
    swap_back(path)
    cli.sandbox(*words).check(0, "checked\n")


def test_whoever_swaps_all_the_time_gains_nothing(cli, tiny, inner, clean_engine):
    path, secret = inner
    ends = threading.Event()

    def swapper():
        while not ends.is_set():
            swap(path, secret)
            ends.wait(0.0005)
            swap_back(path)
            ends.wait(0.003)

    thread = threading.Thread(target=swapper)
    thread.start()
    try:
        for _ in range(30):
            ran = cli.sandbox("run", "-q", "-t", tiny, "-w", str(path), "claude", "sh", "pwd; cat key")
            # Where the link was there from the start it is what it leads to that was asked for, at its own path.
            assert ran.code != 0 or ran.out in (f"{path}\nchecked\n", f"{secret}\nsecret\n"), ran
            for sandbox in clean_engine.sandboxes():
                clean_engine.remove_container(sandbox["Id"])
    finally:
        ends.set()
        thread.join()


# -- .git ---------------------------------------------------------------------------------------------------------------------


def fifo(path, _):
    os.mkfifo(path)


def huge(path, _):
    with open(path, "wb") as file:
        file.write(b"gitdir: ")
        file.truncate(8 << 30)


def link_to_fifo(path, place):
    os.mkfifo(place / "fifo")
    path.symlink_to(place / "fifo")


def link_to_etc(path, _):
    path.symlink_to("/etc")


def pointer(text):
    def make(path, place):
        path.write_text(text.replace("@", str(place)))

    return make


def somebody_elses(path, place):
    """A repository that has a worktree, which is another directory."""
    for name in ("repo/.git/objects", "repo/.git/refs", "repo/.git/worktrees/one"):
        (place / name).mkdir(parents=True)
    (place / "repo/.git/HEAD").write_text("ref: refs/heads/main\n")
    (place / "repo/.git/worktrees/one/commondir").write_text("../..\n")
    (place / "repo/.git/worktrees/one/gitdir").write_text(f"{place}/elsewhere/.git\n")
    path.write_text(f"gitdir: {place}/repo/.git/worktrees/one\n")


def forged(path, place):
    """An entry that the agent has made itself, in its workspace; it names another one's repository."""
    somebody_elses(path, place)
    entry = path.parent / "entry"
    entry.mkdir()
    (entry / "commondir").write_text(f"{place}/repo/.git\n")
    (entry / "gitdir").write_text(f"{path}\n")
    path.unlink()
    path.write_text(f"gitdir: {entry}\n")


@pytest.mark.parametrize(
    "make",
    [
        fifo,
        huge,
        link_to_fifo,
        link_to_etc,
        pointer("gitdir: /etc\n"),
        pointer("gitdir: /\n"),
        pointer("gitdir: ../../../../../../../../etc\n"),
        pointer("gitdir: /dev/zero\n"),
        pointer("gitdir: /proc/self/root/etc\n"),
        pointer(f"gitdir: /{ESCAPES}\n"),
        pointer("gitdir: \n"),
        pointer("\0" * 5000),
        somebody_elses,
        forged,
    ],
    ids=lambda make: make.__name__,
)
def test_a_dot_git_opens_nothing_that_does_not_name_the_workspace(cli, tiny, workspace, test_directory, clean_engine, make):
    make(workspace / ".git", test_directory)
    no_controls(cli.sandbox("run", "-d", "-t", tiny, "--credentials", "none", "claude").check())
    assert [mount["Destination"] for mount in clean_engine.sandbox()["Mounts"]] == [str(workspace)]


# -- templates ----------------------------------------------------------------------------------------------------------------


def sandbox_labels(clean_engine):
    return clean_engine.inspect(clean_engine.sandbox()["Id"])["Config"]["Labels"]


def as_label_lines(labels):
    return "".join(f"LABEL {json.dumps(name)}={json.dumps(value)}\n" for name, value in labels.items())


def test_a_template_that_imitates_a_sandbox_is_none(cli, tiny, image, clean_engine, workspace, workspaces):
    """As images are that were committed from a sandbox."""
    cli.sandbox("run", "-q", "-d", "-t", tiny, "--name", "box", "claude").check()
    labels = sandbox_labels(clean_engine)
    cli.sandbox("rm", "box").check()
    imitation = image(f"FROM {tiny}\n" + as_label_lines(labels))
    stranger = cli.docker("run", "-d", "--name", "stranger", "-v", f"{workspace}:{workspace}", imitation, "sleep", "1000").check().last_line
    assert cli.sandbox("ls", "-q").check().out == ""
    cli.sandbox("rm", "stranger").check(1, "")
    cli.sandbox("stop", "stranger").check(1, "")
    cli.sandbox("exec", "stranger", "true").check(125, "")
    cli.docker("stop", "-t", "0", stranger).check()
    cli.sandbox("prune", "-f").check()
    assert clean_engine.exists(stranger)
    # A sandbox of that template, elsewhere, is what it is and not what the template says.
    other = workspaces("other")
    cli.sandbox("run", "-q", "-d", "-t", imitation, "--name", "right", "--credentials", "none", "claude", cwd=other).check()
    shown = cli.inspect("right")
    assert (shown["workspace"], shown["template"], shown["credentials"]) == (str(other), imitation, "none")
    cli.sandbox("run", "-q", "claude", "sh", "pwd", cwd=other).check(0, f"{other}\n")
    cli.sandbox("rm", "right").check(0, "right\n")
    assert clean_engine.exists(stranger)
    clean_engine.remove_container(stranger)


def test_labels_may_be_a_megabyte_long_and_have_what_no_terminal_is_to_see(cli, tiny, clean_engine):
    """A template's; Dockerfiles cannot have such ones, `docker import` can."""
    root = cli.docker("create", tiny).check().last_line
    done = cli.run(["sh", "-c", f"docker export {root} | docker import - sandbox-e2e/loud >/dev/null"])
    done.check()
    clean_engine.remove_container(root)
    labels = {"long": "x" * (1 << 20), "loud": ESCAPES, f"name{ESCAPES}": "y"}
    body = {"Image": "sandbox-e2e/loud", "Cmd": ["true"], "Labels": labels}
    base = clean_engine.post("/containers/create", body)["Id"]
    config = {"Labels": labels, "User": "agent", "Env": ["PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/home/agent"]}
    clean_engine.commit(base, "sandbox-e2e/loud:latest", config)
    clean_engine.remove_container(base)
    try:
        no_controls(cli.sandbox("run", "-d", "-t", "sandbox-e2e/loud", "--name", "loud", "claude").check())
        no_controls(cli.sandbox("ls").check(), cli.sandbox("inspect", "loud").check())
        assert cli.inspect("loud")["labels"]["long"] == labels["long"]
        no_controls(cli.sandbox("rm", "loud").check(0, "loud\n"))
    finally:
        for found in clean_engine.sandboxes():
            clean_engine.remove_container(found["Id"])
        clean_engine.remove_image("sandbox-e2e/loud:latest")


# -- what agents leave ----------------------------------------------------------------------------------------------------------


def test_the_log_of_an_agent_that_writes_without_end_comes_to_its_end(cli, sandbox, workspace):
    """Without -f, and with it to where it has caught up; and it is bounded on the disk."""
    begin(cli, "yes to be seen & until [ -e enough ]; do sleep 0.1; done; kill $!; exit 3")
    # du complains of a piece that goes while it looks.
    kept = lambda: int(root_in_runs(cli, sandbox, "du -sk . 2>/dev/null || :").out.split()[0])  # noqa: E731
    eventually(lambda: kept() > 8000, what="the log is full")
    for _ in range(8):  # pieces of it go while it is read
        read = cli.sandbox("logs", ".")
        read.check(0, err="")
        assert read.out.count("to be seen\n") > 100_000
    following = cli.start_sandbox("logs", "-f", "--tail", "1", ".")
    assert b"to be seen" in following.stdout.readline()
    following.signal(signal.SIGINT)
    following.close()
    assert kept() < 24_000
    (workspace / "enough").touch()
    cli.sandbox("wait", ".").check(3)


@pytest.mark.parametrize(
    "script",
    ["rm out.1; mkfifo out.1", "rm out.1; ln -s /dev/zero out.1", "rm out.1; ln -s /proc/kmsg out.1", "mkfifo out.2 err.2"],
    ids=["fifo", "device", "kernel", "further"],
)
@pytest.mark.parametrize("state", ["running", "stopped"])
def test_files_that_never_end_in_place_of_a_log_are_not_read(cli, sandbox, script, state):
    begin(cli, "echo first")
    cli.sandbox("wait", ".").check(0)
    root_in_runs(cli, sandbox, f"cd 1; {script}")
    if state == "stopped":
        cli.sandbox("stop", ".").check()
    read = cli.sandbox("logs", ".").check(0)
    assert read.out in ("", "first\n"), read


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("running", "the sandbox has more output of that run than a run keeps\n"),
        ("stopped", f"the sandbox has more in {RUNS} than runs leave there\n"),
    ],
)
def test_a_log_larger_than_any_run_leaves_is_told_of(cli, sandbox, state, told):
    begin(cli, "echo first")
    cli.sandbox("wait", ".").check(0)
    root_in_runs(cli, sandbox, "truncate -s 3G 1/out.1" if state == "running" else "truncate -s 3G other")
    if state == "stopped":
        cli.sandbox("stop", ".").check()
    read = cli.sandbox("logs", ".").check(1, "")
    assert read.err.startswith(told), read


# -- files of variables ---------------------------------------------------------------------------------------------------------


def test_a_file_of_variables_may_be_a_pipe_and_may_not_be_endless(cli, tiny, clean_engine, test_directory):
    cli.run(["bash", "-c", f'"$0" sandbox run -q -t {tiny} --env-file <(echo FROM_PIPE=1) claude sh \'echo $FROM_PIPE\'', cli.docker_path]).check(0, "1\n")
    cli.sandbox("rm", ".").check()
    huge_file = test_directory / "huge"
    with open(huge_file, "wb") as file:
        file.truncate(4 << 30)
    for endless in ("/dev/zero", str(huge_file)):
        refused = cli.sandbox("run", "-d", "-t", tiny, "--env-file", endless, "claude").check(125, "")
        assert f"cannot read the env file {endless}: it has more than 16 MiB" in refused.err
    assert not clean_engine.sandboxes()


@pytest.mark.parametrize("number, code", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_whoever_waits_for_a_pipe_of_variables_can_be_interrupted(cli, tiny, test_directory, number, code):
    path = test_directory / "fifo"
    os.mkfifo(path)
    waiting = cli.start([cli.plugin_path, "run", "-d", "-t", tiny, "--env-file", str(path), "claude"])
    eventually(lambda: os.path.exists(f"/proc/{waiting.pid}/wchan") and "fifo" in open(f"/proc/{waiting.pid}/wchan").read() or open(f"/proc/{waiting.pid}/syscall").read().split()[0] in ("2", "257"), what="it opens the pipe")
    waiting.signal(number)
    waiting.finish().check(code, "")

# SPDX-License-Identifier: Apache-2.0
"""Which directories are workspaces, and what an agent sees of the machine."""

import os

import pytest


def test_the_workspace_is_at_its_own_path_and_writable(cli, tiny, workspace):
    """The workspace at its own absolute path, read-write; the working directory."""
    (workspace / "outside").write_text("from outside")
    ran = cli.sandbox("run", "-q", "-t", tiny, "claude", "sh", "pwd; cat outside; echo inside >inside")
    ran.check(0, f"{workspace}\nfrom outside")
    assert (workspace / "inside").read_text() == "inside\n"
    assert os.stat(workspace / "inside").st_uid == 1000


def test_nothing_else_of_the_host_is_inside(cli, tiny, clean_engine, workspace):
    """Nothing else of the host but what was asked for; no privileges beyond the engine's default."""
    cli.sandbox("run", "-d", "-t", tiny, "claude").check()
    sandbox = clean_engine.sandbox()
    binds = [mount for mount in sandbox["Mounts"] if mount["Type"] == "bind"]
    assert [(m["Source"], m["Destination"], m["RW"]) for m in binds] == [(str(workspace), str(workspace), True)]
    host = sandbox["HostConfig"]
    assert not host["Privileged"] and not host["CapAdd"] and not host["Devices"] and not host["PortBindings"]
    assert host["NetworkMode"] in ("default", "bridge") and host["PidMode"] in ("", "private")
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
        ("/nonexistent/dir", "no such directory"),
        ("/etc/passwd", "it is not a directory"),
        ("/", "it is the root of the file system"),
        ("HOME", "it is the home directory, which holds more than one project"),
        ("HOME/..", "it contains the home directory"),
        ("", "the path is empty"),
    ],
)
def test_a_workspace_that_cannot_be_one_is_refused_with_the_reason(cli, tiny, clean_engine, workspace_option, reason):
    """Refused, with the reason: a workspace that does not exist or is no directory, `/`, the home directory and what
    contains it."""
    option = workspace_option.replace("HOME", cli.home)
    failed = cli.sandbox("run", "-t", tiny, f"--workspace={option}", "claude").check(125, "")
    assert failed.err.splitlines()[0] == f"cannot use the workspace {option or repr('')}: {reason}", failed
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
    assert failed.err == "cannot use the workspace .: no such directory\n", failed
    assert not clean_engine.containers()


def test_the_owner_of_a_workspace_is_never_changed(cli, tiny, workspaces):
    """Never `chown` in the workspace."""
    workspace = workspaces("mixed", uid=1234)
    (workspace / "roots").write_text("x")
    before = {name: (os.stat(workspace / name).st_uid, os.stat(workspace / name).st_mode) for name in (".", "roots")}
    cli.sandbox("run", "-t", tiny, "-w", str(workspace), "claude", "exit", "0").check(0)
    after = {name: (os.stat(workspace / name).st_uid, os.stat(workspace / name).st_mode) for name in (".", "roots")}
    assert after == before

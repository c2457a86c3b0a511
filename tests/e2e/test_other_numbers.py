# SPDX-License-Identifier: Apache-2.0
"""Engines whose containers have other user numbers than the machine: rootless ones, and those that remap users."""

import os
import pathlib

import pytest
from support import images
from support.logins import Home
from support.scripted_agent import run_script

from conftest import TINY

# Says who the agent is, and writes where it has to: workspace, home, credential volume.
SELF = 'echo "$(id -u) $HOME IS_SANDBOX=$IS_SANDBOX"; touch made ~/made /mnt/claude-data/made && cat theirs && echo ours >>theirs'


def with_a_file(workspace, uid):
    (workspace / "theirs").write_text("of the caller\n")
    os.chown(workspace / "theirs", uid, uid)
    return workspace


def check_files(workspace, uid):
    assert [os.stat(workspace / name).st_uid for name in ("made", "theirs")] == [uid, uid]
    assert (workspace / "theirs").read_text() == "of the caller\nours\n"


@pytest.fixture
def rootless_user(rootless_dockerd, make_cli, workspaces):
    """The user who runs the rootless engine, in a workspace of its own."""
    uid = rootless_dockerd.USER
    rootless_dockerd.engine.import_image(TINY, images.tiny_root(), images.TINY_CHANGES)
    user = make_cli(with_a_file(workspaces(uid=uid), uid), uid=uid, groups=[], host=rootless_dockerd.host)
    yield user
    user.sandbox("rm", "-f", ".").check()


def test_on_a_rootless_engine_the_agent_is_root_inside_and_the_caller_outside(rootless_user, rootless_dockerd):
    ran = run_script(rootless_user, TINY, SELF).check()
    assert ran.lines == ["0 /home/agent IS_SANDBOX=1", "of the caller"], ran
    check_files(pathlib.Path(rootless_user.directory), rootless_dockerd.USER)
    again = rootless_user.sandbox("run", "claude", "sh", "id -u; ls ~/made").check()
    assert again.lines == ["0", "/home/agent/made"] and again.err == "", again
    assert len(rootless_dockerd.engine.sandboxes()) == 1


def test_on_a_rootless_engine_the_hosts_login_is_one_live_file(rootless_user, rootless_dockerd, test_directory):
    home = Home(test_directory / "home", owner=rootless_dockerd.USER)
    rootless_user.env["HOME"] = str(home.path)
    script = "cat ~/.claude.json; f=$(readlink -f ~/.claude.json); echo inside >$f.tmp; mv $f.tmp $f"
    ran = run_script(rootless_user, TINY, script, "--credentials", "host").check(0, home.FILES[".claude.json"])
    assert home.read(".claude.json") == "inside\n", ran
    assert os.stat(home.path / ".claude.json").st_uid == rootless_dockerd.USER


def test_on_a_rootless_engine_its_socket_is_the_agents(rootless_user):
    script = "[ -S /var/run/docker.sock ] && [ -O /var/run/docker.sock ] && [ -w /var/run/docker.sock ] && echo may use it"
    ran = run_script(rootless_user, TINY, script, "--mount-docker-socket").check()
    assert ran.lines == ["may use it"], ran


@pytest.mark.parametrize("uid", [1000, 1234])
def test_on_an_engine_that_remaps_users_the_sandbox_is_exempt_and_that_is_said(own_dockerd, make_cli, workspaces, uid):
    users, groups = "nobody:300000:65536\n", "nogroup:300000:65536\n"
    own = own_dockerd("--userns-remap=nobody:nogroup", files={"/etc/subuid": users, "/etc/subgid": users + groups})
    own.engine.import_image(TINY, images.tiny_root(), images.TINY_CHANGES)
    workspace = with_a_file(workspaces(uid=uid), uid)
    user = make_cli(workspace, host=own.host)
    remapped = user.docker("run", "--rm", "--network", "none", "-v", f"{workspace}:/w", TINY, "stat", "-c", "%u", "/w").check()
    assert remapped.out == "65534\n", "the engine remaps"
    made = user.sandbox("run", "-d", "-t", TINY, "claude").check()
    assert "WARNING: the engine remaps the users of its containers" in made.err, made
    ran = user.sandbox("run", "claude", "sh", SELF).check()
    assert ran.lines == [f"{uid} /home/agent IS_SANDBOX=", "of the caller"], ran
    check_files(workspace, uid)

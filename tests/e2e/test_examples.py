# SPDX-License-Identifier: Apache-2.0
"""Each console example of Docker's own pages on sandboxes, as they are typed, one scenario each."""

import json
import os

import pytest


@pytest.fixture
def user(default_template, make_cli, workspaces):
    """Somebody whose default template is the tiny one: the examples name none."""
    return make_cli(workspaces("my-app"))


def shell(user, line):
    """Runs a line of the documentation in a shell, as it stands."""
    os.makedirs(os.path.join(user.home, "bin"), exist_ok=True)
    link = os.path.join(user.home, "bin", "docker")
    if not os.path.lexists(link):
        os.symlink(user.docker_path, link)
    return user.run(["bash", "-c", line], env={"PATH": f"{user.home}/bin:{os.environ['PATH']}"})


def home_directories(user, *names):
    for name in names:
        path = os.path.join(user.home, name)
        os.makedirs(path)
        os.chown(path, 1000, 1000)


def test_run_claude_in_the_current_directory(user, clean_engine):
    assert "scripted agent in " + user.directory in shell(user, "docker sandbox run claude").check(0).out
    assert clean_engine.sandbox()["Config"]["Labels"]["com.docker.sandbox.workingDirectory"] == user.directory


def test_specify_a_workspace_directory(user):
    home_directories(user, "projects/my-app")
    shown = shell(user, "docker sandbox run --workspace ~/projects/my-app claude").check(0)
    assert shown.out == f"scripted agent in {user.home}/projects/my-app\n"


def test_enable_docker_in_docker(user, clean_engine):
    shell(user, "docker sandbox run --mount-docker-socket claude").check(0)
    mounts = {m["Destination"]: m["Source"] for m in clean_engine.sandbox()["Mounts"]}
    assert mounts["/var/run/docker.sock"] == clean_engine.socket_path


def test_set_environment_variables(user):
    shown = shell(
        user,
        "docker sandbox run \\\n  --env NODE_ENV=development \\\n  --env DATABASE_URL=postgresql://localhost/myapp \\\n"
        "  claude env",
    ).check(0)
    have = shown.out.split("\0")
    assert "NODE_ENV=development" in have and "DATABASE_URL=postgresql://localhost/myapp" in have


def test_mount_additional_volumes(user):
    home_directories(user, "datasets", "models")
    shown = shell(
        user,
        "docker sandbox run \\\n  --volume ~/datasets:/data:ro \\\n  --volume ~/models:/models \\\n"
        "  claude sh 'touch /data/x 2>/dev/null || touch /models/x && echo read-only'",
    ).check(0)
    assert shown.out == "read-only\n"
    assert os.listdir(os.path.join(user.home, "models")) == ["x"] and not os.listdir(os.path.join(user.home, "datasets"))


@pytest.mark.parametrize("mode", ["host", "sandbox", "none"])
def test_configure_credential_access(user, mode):
    shell(user, f"docker sandbox run --credentials {mode} claude").check(0)
    assert user.inspect(".")["credentials"] == mode


def test_use_a_custom_base_image(user, tiny, image, clean_engine):
    """`--template` with a standard image, which has no agent: fails with the documented sentence."""
    image(f"FROM {tiny}\nUSER root\nRUN rm /usr/local/bin/claude\n", tag="python:3-alpine")
    failed = shell(user, "docker sandbox run --template python:3-alpine claude").check(127, "")
    assert (
        "The claude binary was not found in the sandbox; please check this is the correct sandbox for this agent."
        in failed.err.splitlines()
    ), failed
    assert not clean_engine.containers()


def test_a_template_of_one_s_own(user, image):
    """"Custom templates": an image on top of the agent's template."""
    image("FROM docker/sandbox-templates:claude-code\nRUN echo installed >~/tool\n", tag="my-dev-env:latest")
    shell(user, "docker sandbox run --template my-dev-env claude sh 'cat ~/tool'").check(0, "installed\n")


def test_name_the_sandbox(user, clean_engine):
    shell(user, "docker sandbox run --name my-project claude").check(0)
    assert clean_engine.sandbox()["Name"] == "/my-project"


def test_list_inspect_remove_and_recreate(user, clean_engine):
    """"Recreating sandboxes": ls, inspect, rm by the ID of the list, and run again makes a new one."""
    shell(user, "docker sandbox run -e DEBUG=true claude").check(0)
    first = clean_engine.sandbox()["Id"]
    shown = shell(user, "docker sandbox ls").check(0)
    identity = shown.lines[1].split()[0]
    (box,) = json.loads(shell(user, f"docker sandbox inspect {identity}").check(0).out)
    assert box["id"] == first and "DEBUG" in json.dumps(box["env"]) and box["created_at"]
    shell(user, f"docker sandbox rm {identity}").check(0, f"{identity}\n")
    shell(user, "docker sandbox run claude").check(0)
    assert clean_engine.sandbox()["Id"] != first


def test_remove_all_at_once(user, make_cli, workspaces, clean_engine):
    shell(user, "docker sandbox run -d claude").check(0)
    make_cli(workspaces("second")).sandbox("run", "-d", "claude").check(0)
    assert len(shell(user, "docker sandbox rm $(docker sandbox ls -q)").check(0).lines) == 2
    assert not clean_engine.containers()

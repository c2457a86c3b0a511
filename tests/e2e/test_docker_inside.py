# SPDX-License-Identifier: Apache-2.0
"""docker in a sandbox that has the engine's socket: as the agent's user, without sudo, on the workspace's files."""

import os

import pytest

pytestmark = pytest.mark.real_agent  # the tiny template has no docker


@pytest.fixture
def inside(make_cli, workspaces, claude_template):
    """Runs words in the sandbox of a user with a number of its own: inside(template=None)("docker", "ps")"""
    cli = make_cli(workspaces(uid=1234), uid=1234)

    def make(template=claude_template):
        cli.sandbox("run", "-q", "-d", "-t", template, "--mount-docker-socket", "claude").check()
        return lambda *words, **more: cli.sandbox("exec", ".", *words, **more)

    make.workspace = cli.directory
    return make


def status(path):
    found = os.stat(path)
    return (found.st_uid, found.st_gid, found.st_mode)


def write(directory, name, text):
    path = os.path.join(directory, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chown(path, 1234, 1234)


def test_docker_ps_and_docker_build_work(inside, engine, tiny):
    before = status(engine.socket_path)
    run = inside()
    found = run("docker", "ps", "--no-trunc", "--format", "{{.ID}}").check().lines
    assert found == [engine.sandbox()["Id"]]
    write(inside.workspace, "Dockerfile", f"FROM {tiny}\nCOPY file /file\n")
    write(inside.workspace, "file", "of the workspace\n")
    run("sh", "-c", "id -u; docker build -q -t sandbox-e2e/built-inside . >/dev/null 2>&1").check(0, "1234\n")
    run("docker", "run", "--rm", "--network", "none", "sandbox-e2e/built-inside", "cat", "/file").check(0, "of the workspace\n")
    run("docker", "rmi", "sandbox-e2e/built-inside").check()
    assert status(engine.socket_path) == before


def test_a_compose_file_with_a_bind_mount_of_the_workspace_works(inside, image, claude_template, engine, tiny):
    install = "apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends docker-compose"
    run = inside(image(f"FROM {claude_template}\nUSER root\nRUN {install} >/dev/null\nUSER agent\n"))
    write(inside.workspace, "file", "of the workspace\n")
    service = f"    image: {tiny}\n    user: '1234'\n    volumes: ['.:/data']\n    command: sh -c 'cat /data/file; touch /data/made'\n"
    write(inside.workspace, "compose.yaml", "name: sandbox-e2e\nservices:\n  one:\n" + service)
    compose = "docker compose version >/dev/null 2>&1 && c='docker compose' || c=docker-compose; "
    ran = run("sh", "-c", compose + "$c run --rm one 2>compose.log; s=$?; $c down >>compose.log 2>&1; cat compose.log >&2; exit $s")
    assert ran.check().out == "of the workspace\n"
    made = os.stat(os.path.join(inside.workspace, "made"))
    assert made.st_uid == 1234
    assert [box["Id"] for box in engine.containers()] == [engine.sandbox()["Id"]]

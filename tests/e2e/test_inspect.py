# SPDX-License-Identifier: Apache-2.0
"""`docker sandbox inspect`."""

import json
import re

import pytest

KEYS = ["id", "name", "workspace", "created_at", "status", "template", "labels"]
OURS = ["agent", "credentials", "image_id", "user", "env", "mounts", "docker_socket", "network"]


@pytest.fixture
def sandbox_id(cli, tiny, workspaces):
    """A sandbox with options."""
    data = workspaces("data")
    return cli.sandbox(
        *("run", "-d", "--name", "my-project", "-t", tiny, "-v", f"{data}:/data:ro", "-e", "NODE_ENV=development"),
        *("-e", "STRIPE_TEST_KEY=sk_test_xxx", "-e", "DB_PASSWORD=secret", "-e", "GITHUB_TOKEN=ghp_x", "claude"),
    ).check().last_line  # fmt: skip


def test_the_answer_is_an_array_with_the_keys_in_order(cli, sandbox_id, clean_engine, tiny, workspace):
    """JSON array, two-space indent, keys in this order; created_at RFC 3339 with nanoseconds, UTC."""
    shown = cli.sandbox("inspect", sandbox_id).check(0, err="")
    answer = json.loads(shown.out)
    assert list(answer[0]) == KEYS + OURS
    assert shown.out == json.dumps(answer, indent=2, ensure_ascii=False) + "\n"
    container = clean_engine.sandbox()
    (box,) = answer
    assert {key: box[key] for key in KEYS[:-1]} == {
        "id": sandbox_id,
        "name": "my-project",
        "workspace": str(workspace),
        "created_at": container["Created"],
        "status": "running",
        "template": tiny,
    }
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z", box["created_at"])
    assert box["labels"] == container["Config"]["Labels"] and list(box["labels"]) == sorted(box["labels"])


def test_the_configuration_is_there(cli, sandbox_id, clean_engine, workspace, test_directory):
    """The docs promise configuration with environment variables, volumes and creation time; ours."""
    box = cli.inspect("my-project")
    assert (box["agent"], box["credentials"], box["docker_socket"]) == ("claude", "sandbox", False)
    assert box["image_id"] == clean_engine.sandbox()["Image"]
    assert box["user"] == "1000"
    text = json.dumps(box["mounts"])
    for part in (str(workspace), str(test_directory / "data"), "/data", "docker-claude-sandbox-data", "/mnt/claude-data"):
        assert part in text, part


def test_values_of_secret_names_are_masked(cli, sandbox_id):
    """Values of variables whose name says secret are masked unless `--show-secrets`."""
    masked = cli.sandbox("inspect", sandbox_id).check(0, err="").out
    assert "NODE_ENV" in masked and "development" in masked
    for name, value in (("STRIPE_TEST_KEY", "sk_test_xxx"), ("DB_PASSWORD", "secret"), ("GITHUB_TOKEN", "ghp_x")):
        assert name in masked and value not in masked, name
    shown = cli.sandbox("inspect", "--show-secrets", sandbox_id).check(0, err="").out
    for value in ("sk_test_xxx", "ghp_x", "development"):
        assert value in shown, value


def test_env_has_what_the_user_set_and_nothing_else(cli, sandbox_id):
    """`env` (what the user set)."""
    names = [entry.split("=", 1)[0] for entry in cli.inspect(sandbox_id)["env"]]
    assert sorted(names) == ["DB_PASSWORD", "GITHUB_TOKEN", "NODE_ENV", "STRIPE_TEST_KEY"]


def test_every_spelling_names_the_sandbox(cli, tiny, workspace, workspaces):
    """SANDBOX is a name, a full ID, an unambiguous ID prefix, or a path."""
    identity = cli.sandbox("run", "-d", "--name", "box", "-t", tiny, "claude").check().last_line
    (workspace / "sub").mkdir()
    for spelling in (identity, identity[:12], identity[:4], "box", ".", "./", str(workspace), f"../{workspace.name}", "./sub/.."):
        assert cli.inspect(spelling)["id"] == identity, spelling
    outside = workspaces("outside")
    cli.sandbox("inspect", ".", cwd=str(outside)).check(1)


def test_several_are_shown_in_the_order_asked_for(cli, tiny, make_cli, workspaces):
    """`inspect SANDBOX [SANDBOX...]`."""
    for name in ("one", "two"):
        make_cli(workspaces(name)).sandbox("run", "-d", "--name", name, "-t", tiny, "claude").check()
    assert [box["name"] for box in json.loads(cli.sandbox("inspect", "two", "one").check().out)] == ["two", "one"]


def test_an_unknown_one_is_told_and_the_others_are_shown(cli, tiny):
    """Unknown: `Error: no such sandbox: x` on stderr, exit 1, the known ones on stdout."""
    cli.sandbox("inspect", "nothing").check(1, "[]\n", "Error: no such sandbox: nothing\n")
    cli.sandbox("run", "-d", "--name", "box", "-t", tiny, "claude").check()
    shown = cli.sandbox("inspect", "nothing", "box").check(1, err="Error: no such sandbox: nothing\n")
    assert [box["name"] for box in json.loads(shown.out)] == ["box"]


def test_a_container_that_is_no_sandbox_is_not_found(cli, tiny):
    """Containers without our labels count as not found."""
    identity = cli.docker("create", "--name", "plain", tiny).check().out.strip()
    for argument in ("plain", identity, identity[:12]):
        cli.sandbox("inspect", argument).check(1, "[]\n", f"Error: no such sandbox: {argument}\n")
    cli.docker("rm", "plain").check()


def test_a_stopped_sandbox_is_shown(cli, tiny, clean_engine):
    cli.sandbox("run", "-d", "-t", tiny, "claude").check()
    clean_engine.stop(clean_engine.sandbox()["Id"])
    assert cli.inspect(".")["status"] == "exited"

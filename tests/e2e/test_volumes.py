# SPDX-License-Identifier: Apache-2.0
"""What the user mounts, the engine's socket, and the environment that reaches the agent."""

import os

import pytest
from support.scripted_agent import run_script, variables


@pytest.fixture
def folder(workspaces):
    path = workspaces("folder of mine")
    (path / "file").write_text("content\n")
    return path


# -- volumes ----------------------------------------------------------------------------------------------------------


def test_a_host_path_may_be_absolute_relative_or_in_the_home(cli, tiny, folder, workspace):
    (workspace / "here").mkdir()
    os.mkdir(os.path.join(cli.home, "there"))
    options = ["-v", f"{folder}:/a b", "-v", "./here:/relative:rw", "-v", "../folder of mine/file:/file:ro", "-v", "~/there:/home-dir"]
    script = "cat '/a b/file' /file; ls -d /relative /home-dir; touch '/a b/new' && echo writes; touch /file || echo read-only"
    ran = run_script(cli, tiny, script, *options).check()
    assert ran.lines == ["content", "content", "/home-dir", "/relative", "writes", "read-only"], ran
    assert (folder / "new").exists()


@pytest.mark.parametrize("mode", ["ro", "readonly"])
def test_read_only_is_read_only_for_root_too(cli, tiny, folder, workspaces, mode):
    workspace = workspaces("of root", uid=0)
    ran = run_script(cli, tiny, "touch /v/x || echo refused", "-w", str(workspace), "-v", f"{folder}:/v:{mode}").check()
    assert ran.lines == ["refused"], ran


def test_named_and_anonymous_volumes_are_the_engines(cli, tiny, engine):
    run_script(cli, tiny, "[ -d /n ] && [ -d /anonymous ]", "-v", "sandbox-e2e-named:/n", "-v", "/anonymous").check()
    kinds = {m["Destination"]: (m["Type"], m["Name"]) for m in engine.sandbox()["Mounts"] if m["Type"] == "volume"}
    assert kinds["/n"] == ("volume", "sandbox-e2e-named") and kinds["/anonymous"][0] == "volume"
    cli.sandbox("rm", ".").check()
    assert kinds["/anonymous"][1] not in engine.volumes() and "sandbox-e2e-named" in engine.volumes()
    engine.remove_volume("sandbox-e2e-named")


@pytest.mark.parametrize(
    ("volume", "why"),
    [
        ("/no/such/path:/x", "does not exist"),
        ("./no/such:/x", "does not exist"),
        ("/etc:x", "must be absolute"),
        ("/etc:/x:rx", "unknown mode"),
        ("/etc:/x:ro:z", "too many colons"),
        (":/x", "no host path"),
        ("a b:/x", "neither a path"),
        ("/etc:/", "nothing can be mounted on /"),
        ("/etc:/mnt/claude-data", "has its own mount there"),
    ],
)
def test_a_volume_that_cannot_be_is_refused_with_the_reason_and_nothing_is_made(cli, tiny, engine, volume, why):
    ran = run_script(cli, tiny, "true", "-v", volume).check(125, "")
    assert why in ran.err, ran
    assert engine.sandboxes() == []
    assert not os.path.exists("/no"), "the engine must not make it"


def test_two_mounts_on_one_path_are_refused(cli, tiny, workspace):
    ran = run_script(cli, tiny, "true", "-v", "/etc:/x", "-v", "/usr:/x/").check(125, "")
    assert "another volume is mounted on /x already" in ran.err, ran
    ran = run_script(cli, tiny, "true", "-v", f"/etc:{workspace}").check(125, "")
    assert "has its own mount there" in ran.err, ran


@pytest.mark.parametrize("owner", [0, 1000, 1234])
def test_what_is_mounted_under_root_is_in_the_agents_home_too(cli, tiny, folder, workspaces, owner):
    workspace = workspaces("other", uid=owner)
    options = ["-w", str(workspace), "-v", f"{folder}:/root/.cache/pip", "-v", f"{folder}/file:/root/.aws/config:ro"]
    script = "cat ~/.cache/pip/file ~/.aws/config /root/.aws/config; touch ~/.cache/other ~/.aws/other && echo writes"
    ran = run_script(cli, tiny, script, *options).check()
    assert ran.lines == ["content"] * 3 + ["writes"], ran
    assert "/root/.cache/pip is also /home/agent/.cache/pip, in the agent's home." in ran.err, ran
    assert os.stat(folder).st_uid == 1000


def test_what_the_template_has_in_the_home_is_not_replaced_by_it(cli, tiny, image, folder):
    template = image(f"FROM {tiny}\nRUN mkdir -p ~/.aws && echo baked >~/.aws/config && mkdir ~/.empty\n")
    options = ["-v", f"{folder}:/root/.aws", "-v", f"{folder}:/root/.empty"]
    ran = run_script(cli, template, "cat ~/.aws/config ~/.empty/file", *options).check()
    assert ran.lines == ["baked", "content"], ran
    assert "/root/.aws is not at /home/agent/.aws too" in ran.err, ran


def test_what_is_mounted_in_something_mounted_leaves_that_as_it_was(cli, tiny, workspaces):
    """Never a chown, nor a chmod, in what the user mounts: not of the way to the workspace, of the way to another mount in the
    home, or of what is mounted into the credential volume."""
    outer, inner, data = workspaces("outer", uid=0), workspaces("inner"), workspaces("data", uid=0)
    (outer / "private" / "workspace").mkdir(parents=True)
    (outer / "owned" / "x").mkdir(parents=True)
    (data / "deep").mkdir()
    (data / "deep" / "file").touch()
    for path in (outer / "private", outer / "private" / "workspace"):
        os.chown(path, 1234, 1234)
    os.chmod(outer / "private", 0o700)
    kept = [outer / "private", outer / "owned", data, data / "deep", data / "deep" / "file"]
    before = [(path.stat().st_uid, path.stat().st_gid, path.stat().st_mode) for path in kept]
    # The volume changes hands: first it is root's.
    cli.sandbox("run", "-d", "-t", tiny, "-w", str(workspaces("of root", uid=0)), "claude").check()
    workspace = outer / "private" / "workspace"
    mounts = [f"{outer}:{outer}", f"{outer}:/home/agent/o", f"{inner}:/home/agent/o/owned/x", f"{data}:/mnt/claude-data/data"]
    options = [word for mount in mounts for word in ("-v", mount)]
    ran = run_script(cli, tiny, "id -u; stat -c %u /mnt/claude-data", "-w", str(workspace), *options).check()
    assert ran.lines == ["1234", "1234"], ran
    assert [(path.stat().st_uid, path.stat().st_gid, path.stat().st_mode) for path in kept] == before


# -- the engine's socket ----------------------------------------------------------------------------------------------


@pytest.mark.real_agent
def test_the_engines_socket_works_for_the_agents_user_and_stays_as_it_was(cli, claude_template, engine, workspaces):
    before = os.stat(engine.socket_path)
    workspace = workspaces("other", uid=1234)
    options = ["-d", "-w", str(workspace), "--mount-docker-socket"]
    assert cli.sandbox("run", *options, "claude").check().err.count("CAUTION") == 1
    asks = "id -u && curl -s --unix-socket /var/run/docker.sock http://engine/_ping"
    cli.sandbox("exec", str(workspace), "sh", "-c", asks).check(0, "1234\nOK")
    after = os.stat(engine.socket_path)
    assert (before.st_uid, before.st_gid, before.st_mode) == (after.st_uid, after.st_gid, after.st_mode)
    assert "CAUTION" not in cli.sandbox("run", *options, "claude").check().err


def test_without_being_asked_for_the_engines_socket_is_not_there(cli, tiny):
    run_script(cli, tiny, "ls /var/run/docker.sock /run/docker.sock 2>/dev/null; id -G").check(0, "1000\n")


# -- the environment --------------------------------------------------------------------------------------------------


def test_values_reach_the_agent_as_they_are(cli, tiny):
    values = {
        "EMPTY": "",
        "EQUALS": "a=b=c",
        "SPACES": "  two  words ",
        "QUOTES": "\"'`$(id)\\",
        "LINES": "one\ntwo\n",
        "UTF": "für Ökologie 日本",
        "WITH.DOT": "1",
        "with-dash": "2",
    }
    options = [word for name, value in values.items() for word in ("-e", f"{name}={value}")]
    found = variables(cli.sandbox("run", "-t", tiny, *options, "claude", "env"))
    assert {name: found.get(name) for name in values} == values
    assert found["TEMPLATE_SAYS"] == "hello" and found["HOME"] == "/home/agent"


def test_a_thousand_variables_are_fine(cli, tiny):
    options = [word for number in range(1000) for word in ("-e", f"VARIABLE_{number}=value {number}")]
    found = variables(cli.sandbox("run", "-t", tiny, *options, "claude", "env"))
    assert all(found[f"VARIABLE_{number}"] == f"value {number}" for number in range(1000))


def test_a_variable_that_the_kernel_cannot_pass_is_refused_by_its_name_alone(cli, tiny, engine, workspace):
    (workspace / "big.env").write_text("BIG=" + "x" * (1024 * 1024) + "\n")
    ran = cli.sandbox("run", "-t", tiny, "--env-file", "big.env", "claude", "env").check(125, "")
    assert "the variable BIG is too large" in ran.err and "xxxx" not in ran.err, ran
    assert engine.sandboxes() == []
    (workspace / "fits.env").write_text("BIG=" + "x" * (131072 - len("BIG=") - 1) + "\n")
    found = variables(cli.sandbox("run", "-t", tiny, "--env-file", "fits.env", "claude", "env"))
    assert len(found["BIG"]) == 131072 - len("BIG=") - 1

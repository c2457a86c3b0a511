# SPDX-License-Identifier: Apache-2.0
"""Local image first, then pulled with the user's own registry login; the kinds of logins."""

import base64
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile

import pytest
from support import images
from support import registry as registry_program
from support.waiting import eventually

from conftest import engine_of_its_own

LOGIN = "bob:secret-word"


class Registry:
    """The program in the engine's network namespace."""

    def __init__(self, engine, root_tar, *login):
        self._log = tempfile.NamedTemporaryFile(prefix="registry-")
        self._process = subprocess.Popen(
            engine.in_network(sys.executable, registry_program.__file__, str(root_tar), *login),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )
        self.address = f"127.0.0.1:{self._process.stdout.readline().strip()}"

    def log(self):
        """Its requests, and which of them the engine gave up."""
        return pathlib.Path(self._log.name).read_text(encoding="utf-8")

    def close(self):
        self._process.communicate()
        self._log.close()


@pytest.fixture(scope="module")
def pulling_engine():
    """An engine for this module alone."""
    with engine_of_its_own() as one:
        yield one


@pytest.fixture
def registry(pulling_engine, test_directory):
    """Starts registries: registry() or registry(LOGIN). Afterwards the engine has no container and no image."""
    started = []
    root_tar = test_directory / "root.tar"
    root_tar.write_bytes(images.tiny_root())

    def start(*login):
        started.append(Registry(pulling_engine, root_tar, *login))
        return started[-1]

    yield start
    for one in started:
        one.close()
    api = pulling_engine.engine
    for container in api.containers():
        api.remove_container(container["Id"])
    for image in api.images():
        api.remove_image(image["Id"])
    for volume in api.volumes():
        api.remove_volume(volume)


@pytest.fixture
def user(make_cli, workspace, pulling_engine):
    return make_cli(workspace, host=pulling_engine.host)


def test_an_image_that_is_not_there_is_pulled_with_plain_lines(user, registry):
    """`--pull missing`: plain lines when stderr is no terminal, one for each state; stdout is the agent's alone. The second
    run pulls nothing."""
    template = f"{registry().address}/team/template:1"
    ran = user.sandbox("run", "-t", template, "claude", "args").check(0, "approval=[--dangerously-skip-permissions]\n")
    lines = ran.err.splitlines()
    assert lines[0] == f"Unable to find image '{template}' locally", ran
    assert any(re.fullmatch(r"[0-9a-f]{12}: Pull complete", line) for line in lines), ran
    assert any("Downloaded newer image" in line for line in lines) and len(set(lines)) == len(lines), ran
    assert re.fullmatch(rf"Pulled {re.escape(template)} in (\d+\.\d|\d+ min \d+) s\.", lines[-1]), ran
    assert "\r" not in ran.err and "\x1b" not in ran.err
    user.sandbox("rm", ".").check(0)
    again = user.sandbox("run", "-t", template, "claude", "args").check(0)
    assert "ull" not in again.err, again


def test_quiet_pulls_silently(user, registry):
    """`-q` silences progress."""
    user.sandbox("run", "-q", "-t", f"{registry().address}/q:1", "claude", "exit", "4").check(4, "", "")


def test_always_pulls_also_what_is_there(user, registry):
    """`--pull always`: asks the registry each time a sandbox is created; does not say that the image was missing."""
    there = registry()
    template = f"{there.address}/t:1"
    user.sandbox("run", "-d", "-t", template, "claude").check(0)
    user.sandbox("rm", ".").check(0)
    ran = user.sandbox("run", "--pull", "always", "-t", template, "claude", "exit", "0").check(0)
    assert "Image is up to date" in ran.err and "Unable to find" not in ran.err, ran


def test_progress_bars_are_on_a_terminal(user, registry):
    """Progress bars on a terminal."""
    terminal = user.sandbox_terminal("run", "-t", f"{registry().address}/t:1", "claude", "exit", "6", rows=30, columns=100)
    assert terminal.finish() == 6
    assert b"\x1b[" in terminal.raw and terminal.text().count("Pull complete") == 2, terminal


def test_with_no_color_a_terminal_has_plain_lines_too(user, registry):
    """No colour and no control characters when NO_COLOR is set."""
    template = f"{registry().address}/t:1"
    terminal = user.sandbox_terminal("run", "-t", template, "claude", "exit", "6", rows=30, columns=100, env={"NO_COLOR": "1"})
    assert terminal.finish() == 6
    assert b"\x1b" not in terminal.raw and terminal.text().count("Pull complete") == 2, terminal


def test_an_image_by_its_digest_is_pulled(user, registry):
    """Digest references."""
    image = registry_program.Image(images.tiny_root())
    template = f"{registry().address}/t@{registry_program.digest(image.manifest)}"
    user.sandbox("run", "-q", "-t", template, "claude", "exit", "8").check(8)


def test_what_the_registry_does_not_have_is_told_in_the_engine_s_words(user, registry, pulling_engine):
    template = f"{registry().address}/t:none"
    docker = user.docker("pull", template)
    failed = user.sandbox("run", "-t", template, "claude").check(125, "")
    reason = docker.err.strip().splitlines()[-1].removeprefix("Error response from daemon: ")
    assert f"Error response from daemon: {reason}" in failed.err, failed
    assert not pulling_engine.engine.containers()


def test_a_pull_that_fails_on_its_way_is_told_in_the_engine_s_words(user, registry, pulling_engine):
    """The engine has answered 200 by then: that it failed is in the middle of the progress."""
    template = f"{registry().address}/forged:1"
    failed = user.sandbox("run", "-t", template, "claude").check(125, "")
    lines = failed.err.splitlines()
    assert any(line.endswith(": Pulling fs layer") for line in lines), failed
    assert lines[-1].startswith("Error response from daemon: filesystem layer verification failed for digest sha256:"), failed
    assert not pulling_engine.engine.images() and not pulling_engine.engine.containers()


def test_who_interrupts_a_pull_ends_the_engine_s_pull_too(user, registry, pulling_engine):
    there = registry()
    running = user.start_sandbox("run", "-t", f"{there.address}/slow:1", "claude")
    eventually(lambda: "/v2/slow/blobs/" in there.log(), what="a layer comes")
    running.signal_group(signal.SIGINT)
    running.finish().check(130, "")
    eventually(lambda: "given up: " in there.log(), what="the engine does not wait for the rest")
    assert not pulling_engine.engine.images() and not pulling_engine.engine.containers()


def test_the_user_s_own_login_is_used(user, registry):
    """`auths` of config.json. Without it: the engine's words; the secret is in no output."""
    there = registry(LOGIN)
    template = f"{there.address}/t:1"
    refused = user.sandbox("run", "-t", template, "claude").check(125, "")
    assert "Error response from daemon: " in refused.err, refused
    user.docker("login", "-u", "bob", "--password-stdin", there.address, data=b"secret-word").check(0)
    ran = user.docker("-D", "sandbox", "run", "-t", template, "claude", "exit", "0").check(0)
    assert "secret-word" not in ran.err and base64.b64encode(LOGIN.encode()).decode() not in ran.err


@pytest.fixture
def helper(user, test_directory):
    """Makes the credential helper "e2e" for the user: a script of the shell."""

    def make(script):
        path = test_directory / "docker-credential-e2e"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        user.env["PATH"] = f"{test_directory}:{os.environ['PATH']}"
        return "e2e"

    return make


@pytest.mark.parametrize("how", ["credsStore", "credHelpers"])
def test_the_login_comes_from_a_credential_helper(user, registry, helper, how):
    """`credsStore`, `credHelpers`: the real helper protocol."""
    there = registry(LOGIN)
    name, password = LOGIN.split(":")
    made = helper(
        f'read -r server\n[ "$1" = get ] && [ "$server" = {there.address} ] || exit 1\n'
        f'echo \'{{"ServerURL":"{there.address}","Username":"{name}","Secret":"{password}"}}\''
    )
    user.write_config(**({"credsStore": made} if how == "credsStore" else {"credHelpers": {there.address: made}}))
    user.sandbox("run", "-q", "-t", f"{there.address}/t:1", "claude", "exit", "3").check(3)


def test_a_credential_helper_that_hangs_is_given_up_after_half_a_minute(user, registry, helper):
    """The pull goes on without a login, and the helper is ended with all that it has started (`clean_engine` looks)."""
    there = registry()
    user.write_config(credsStore=helper("cat\nsleep 1000\nexit 1"))
    ran = user.sandbox("run", "-t", f"{there.address}/t:1", "claude", "exit", "3").check(3, "")
    reason = f"it did not end within 30 s; going on without a login for {there.address}"
    assert ran.err.splitlines()[1] == f"error getting credentials from docker-credential-e2e: {reason}", ran


# -- Debian's docker-registry -----------------------------------------------------------------------------------------------

# As `htpasswd -B` writes it.
LOGIN_HASHED = "bob:$2b$05$0ANG6butstr.6GbfDGOLqOU45Q25oAUaW77dCeOyxSU8utMEfVZJi"
REGISTRY_SETTINGS = """
version: 0.1
storage: {{filesystem: {{rootdirectory: {place}/images}}}}
http: {{addr: "127.0.0.1:0"}}
auth: {{htpasswd: {{realm: here, path: {place}/htpasswd}}}}
"""


@pytest.fixture
def docker_registry(pulling_engine, test_directory):
    """The address of a real registry in the engine's network, to which bob may push."""
    # Unpacked, not installed: the package would start a service of its own.
    download = ["apt-get", "download", "docker-registry"]
    if subprocess.run(download, cwd=test_directory, capture_output=True).returncode != 0:
        subprocess.run(["apt-get", "update"], check=True, capture_output=True)  # the lists may be old, or not there
        subprocess.run(download, cwd=test_directory, check=True, capture_output=True)
    (package,) = test_directory.glob("docker-registry_*.deb")
    subprocess.run(["dpkg-deb", "-x", package, test_directory], check=True)
    (test_directory / "htpasswd").write_text(LOGIN_HASHED + "\n")
    settings = test_directory / "registry.yml"
    settings.write_text(REGISTRY_SETTINGS.format(place=test_directory))
    log = test_directory / "registry.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            pulling_engine.in_network(str(test_directory / "usr/bin/docker-registry"), "serve", str(settings)),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )

    def address():
        assert process.poll() is None, log.read_text()
        told = re.search(r"listening on (127\.0\.0\.1:\d+)", log.read_text())
        return told and told.group(1)

    try:
        yield eventually(address, what="docker-registry listens")
    finally:
        process.terminate()
        process.wait()


def test_a_template_comes_out_of_debian_s_registry(user, registry, docker_registry, pulling_engine):
    """Pushed with the docker CLI; pulled by its tag and by its digest, with the login and not without it; then used by its ID."""
    pulling_engine.engine.import_image("tiny:1", images.tiny_root(), images.TINY_CHANGES)
    pushed = f"{docker_registry}/team/tiny:1"
    user.docker("login", "-u", "bob", "--password-stdin", docker_registry, data=b"secret-word").check()
    user.docker("tag", "tiny:1", pushed).check()
    digest = re.search(r"digest: (sha256:[0-9a-f]{64})", user.docker("push", pushed).check().out).group(1)
    user.docker("rmi", pushed, "tiny:1").check()

    def by(template):
        user.sandbox("run", "-q", "-t", template, "claude", "exit", "8").check(8)
        user.sandbox("rm", ".").check()

    by(pushed)
    identity = user.docker("images", "-q", "--no-trunc", pushed).check().out.strip()
    by(identity)
    by(identity.removeprefix("sha256:")[:12])
    user.docker("rmi", pushed).check()
    by(f"{docker_registry}/team/tiny@{digest}")
    user.docker("rmi", f"{docker_registry}/team/tiny@{digest}").check()
    user.docker("logout", docker_registry).check()
    refused = user.sandbox("run", "-t", pushed, "claude").check(125, "")
    assert "Error response from daemon: " in refused.err and "no basic auth credentials" in refused.err, refused
    assert not pulling_engine.engine.containers()

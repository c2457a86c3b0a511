# SPDX-License-Identifier: Apache-2.0
"""On an engine of another machine the workspace is a path there, and nothing of here is taken for it.

The engine's /run and one more directory are file systems of its own: what is there is not here, and the other way round."""

import os

import pytest
from support import certificates
from support.inside import PORT, tls_arguments, user_of

OWNER = 1234  # of the workspace there; nobody here has that number


class There:
    """A directory of the engine's machine, which has the same path as an empty one here."""

    def __init__(self, own, path):
        self._own = own
        self.path = path

    def shell(self, script):
        return self._own.run_inside("sh", "-c", f"cd {self.path} && {script}").stdout.decode()

    def __truediv__(self, name):
        return str(self.path / name)


@pytest.fixture
def way(request):
    """How the engine is reached; `each_way` asks a test by all of them."""
    return getattr(request, "param", "tcp")


each_way = pytest.mark.parametrize("way", ["tcp", "tls", "ssh"], indirect=True)


@pytest.fixture
def far_engine(request, own_dockerd, test_directory, way):
    disk = test_directory / "disk"
    disk.mkdir()
    plain = ("--host", f"tcp://127.0.0.1:{PORT}", "--tls=false")
    listens = tls_arguments(request.getfixturevalue("authority")) if way == "tls" else plain
    own = own_dockerd(*listens, "--host", "unix:///run/docker.sock", disks=("/run", disk))
    own.there = There(own, disk)
    own.there.shell(f"mkdir project data && chown {OWNER}:{OWNER} project && echo text >data/file && echo text >a-file")
    return own


@pytest.fixture
def there(far_engine):
    return far_engine.there


@pytest.fixture
def ssh(far_engine, start_sshd):
    return start_sshd(far_engine.host)


@pytest.fixture
def user(request, far_engine, make_cli, workspace, tiny, way, test_directory):
    """Who reaches the engine that way; `address` is how the engine is called then."""
    address, env = f"tcp://127.0.0.1:{PORT}", {}
    if way == "tls":
        certificate = certificates.make_cert_path(test_directory / "certificate", request.getfixturevalue("authority"), "client")
        env = {"DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": str(certificate)}
    if way == "ssh":
        server = request.getfixturevalue("ssh")
        address, env = server.host, server.environment()
    made = user_of(far_engine, make_cli, workspace, tiny, address, env, in_network=way != "ssh")
    made.address = address
    return made


def sandboxes(own):
    return own.engine.sandboxes()


@each_way
def test_a_workspace_that_is_only_there_is_used_and_its_owners_number_counts(user, there, far_engine, tiny):
    project = there / "project"
    made = user.sandbox("run", "-q", "-t", tiny, "-w", project + "/../project/", "claude", "sh", "pwd; id -u; id -g; echo made >file")
    made.check(0, f"{project}\n{OWNER}\n{OWNER}\n", "")
    assert there.shell("stat -c %u project/file; cat project/file") == f"{OWNER}\nmade\n"
    assert not os.path.exists(project)
    (container,) = sandboxes(far_engine)
    assert container["Labels"]["com.docker.sandbox.workingDirectoryInode"] == "0"
    user.sandbox("run", "-w", project, "claude", "cat", data=b"again").check(0, "again", "")
    user.sandbox("exec", project, "pwd").check(0, f"{project}\n", "")
    user.sandbox("prune", "--dry-run").check(0)
    assert len(sandboxes(far_engine)) == 1
    user.sandbox("rm", project).check(0, f"{project}\n", "")


@pytest.mark.as_shipped
def test_somebody_on_the_engines_machine_enters_the_same_sandbox(user, there, far_engine, tiny):
    project = there / "project"
    made = user.sandbox("run", "-d", "-q", "-t", tiny, "-w", project, "claude").check(0, err="").last_line
    words = far_engine.in_its_files(user.docker_path, "--host", far_engine.host, "sandbox")
    user.run_here(*words, "run", "-w", project, "claude", "sh", "id -u").check(0, f"{OWNER}\n", "")
    user.run_here(*words, "stop", project).check(0)
    user.run_here(*words, "run", "-d", "-w", project, "claude").check(0, f"{made}\n", "")


def test_the_directory_there_counts_though_there_is_one_here(user, there, tiny):
    here = there.path / "project"
    here.mkdir()
    (here / "only-here").touch()
    user.sandbox("run", "-q", "-t", tiny, "-w", str(here), "claude", "sh", "id -u; ls").check(0, f"{OWNER}\n", "")


@each_way
def test_a_workspace_that_is_not_there_is_told(user, there, far_engine, tiny):
    missing = there.path / "only-here"
    missing.mkdir()
    for words in (["-w", str(missing)], ["-w", there / "nowhere"]):
        path = words[-1]
        refused = user.sandbox("run", "-t", tiny, *words, "claude").check(125, "")
        assert refused.err.startswith(
            f"cannot use the workspace {path}: the machine of the engine at {user.address} has no such directory ("
            "Error response from daemon: "
        ), refused
    relative = user.sandbox("run", "-t", tiny, "-w", "no/such", "claude").check(125, "")
    assert "no such directory here" in relative.err, relative
    file = user.sandbox("run", "-t", tiny, "-w", there / "a-file", "claude").check(125, "")
    assert "it is not a directory on the machine of the engine at" in file.err, file
    assert not sandboxes(far_engine)


@each_way
def test_volumes_are_paths_there(user, there, far_engine, tiny):
    project = there / "project"
    mounted = user.sandbox(
        "run", "-q", "-t", tiny, "-w", project, "-v", f"{there / 'data'}:/data:ro", "claude", "sh", "cat /data/file"
    )
    mounted.check(0, "text\n", "")
    user.sandbox("rm", project).check()
    (there.path / "only-here").mkdir()
    refused = user.sandbox("run", "-t", tiny, "-w", project, "-v", f"{there / 'only-here'}:/data", "claude").check(125, "")
    assert f"bind source path does not exist: {there / 'only-here'}" in refused.err, refused
    assert "are those of the machine of the engine at" in refused.err, refused
    assert not sandboxes(far_engine)


@each_way
def test_host_credentials_are_refused(user, there, far_engine, tiny):
    refused = user.sandbox("run", "-t", tiny, "-w", there / "project", "--credentials", "host", "claude").check(125, "")
    assert refused.err.startswith("cannot use --credentials host: "), refused
    assert not sandboxes(far_engine)


def test_the_docker_socket_is_the_one_there(user, there, tiny):
    script = "test -w /var/run/docker.sock && stat -c %d:%i /var/run/docker.sock"
    words = ("run", "-q", "-t", tiny, "-w", there / "project", "--mount-docker-socket", "claude", "sh", script)
    seen = user.sandbox(*words).check(0)
    assert seen.out == there.shell("stat -c %d:%i /run/docker.sock"), seen


def test_git_knows_the_caller(user, there, tiny):
    with open(os.path.join(user.home, ".gitconfig"), "w", encoding="ascii") as file:
        file.write("[user]\n\tname = Caller From Here\n\temail = caller@here\n")
    seen = user.sandbox("run", "-q", "-t", tiny, "-w", there / "project", "claude", "sh", "cat /etc/gitconfig").check(0, err="")
    assert "Caller From Here" in seen.out and f'directory = "{there / "project"}"' in seen.out, seen

# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the end-to-end tests: the built plugin under the real docker CLI against a real engine of its own.

Environment:
  SANDBOX_BINARY          the built plugin (default: the first of build/release, build/dev)
  DOCKER_HOST             unix:// socket of a private engine, as scripts/with-engine starts one; never the machine's own
  SANDBOX_E2E=required    what is missing is a failure, not a skip
  SANDBOX_ENGINE_GATEWAY  the address at which containers reach this machine (default: found out)
  SANDBOX_SOAK=1          tests of chance and of long streams go on for longer
"""

import contextlib
import fcntl
import functools
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import uuid

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
pytest.register_assert_rewrite("support.command", "support.terminal", "support.engine_api")

from support import certificates, images, leftovers, own_engine  # noqa: E402
from support.cli import MARKER, Cli, docker_clis  # noqa: E402
from support.engine_api import Engine  # noqa: E402
from support.model_api import ModelApi  # noqa: E402
from support.proxy import Proxy  # noqa: E402
from support.ssh_server import SSHD, SshServer  # noqa: E402
from support.waiting import eventually  # noqa: E402

# What whoever started the tests has ignored (nohup, a shell's background job) every process of a test would ignore, too.
for _number in (signal.SIGHUP, signal.SIGQUIT):
    signal.signal(_number, signal.SIG_DFL)

PROJECT = pathlib.Path(__file__).resolve().parents[2]
REQUIRED = os.environ.get("SANDBOX_E2E") == "required"
TINY = "sandbox-e2e/tiny:latest"
CLAUDE_TEMPLATE = "docker/sandbox-templates:claude-code"
GEMINI_TEMPLATE = "docker/sandbox-templates:gemini"
# The usual caller: tests run as root, for whom the workspace's owner counts.
CALLER = 1000
# Random tests and long streams go on for longer.
SOAK = os.environ.get("SANDBOX_SOAK") == "1"
COMMANDS = pytest.StashKey()
# Fixtures that start the engine that the test is about.
OWN_ENGINES = {"own_dockerd", "rootless_dockerd", "pulling_engine", "stopping_engine"}


def missing(reason):
    """Something that the tests need is not there."""
    if REQUIRED:
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def as_paths(names):
    """Parameters of a test on paths with such names. Podman would read options, or another path, from some of them; that it
    is not asked then is a test of its own."""
    differs = pytest.mark.not_on_podman("would read a part of such a path as something else, and is not asked")
    return [pytest.param(name, marks=differs if set(name) & set(',"\n') else ()) for name in names]


def pytest_generate_tests(metafunc):
    if "each_docker" in metafunc.fixturenames:
        found = docker_clis()
        metafunc.parametrize("each_docker", found or [None], ids=found or ["no docker CLI"], scope="session")


def pytest_collection_modifyitems(items):
    for item in items:
        if OWN_ENGINES.intersection(item.fixturenames):
            item.add_marker("own_engine")


@functools.lru_cache(maxsize=1)
def podman_under_test():
    """The first number of its version; 0 for another engine. Asked before any fixture, so that what does not fit starts
    nothing."""
    host = os.environ.get("DOCKER_HOST", "")
    found = Engine(host) if host.startswith("unix://") else None
    return found.podman if found is not None and found.answers() else 0


def pytest_runtest_setup(item):
    """`not_on_podman` keeps a test from Podman alone, or from versions before one: nowhere else does it do anything."""
    differs = item.get_closest_marker("not_on_podman")
    if differs and 0 < podman_under_test() < differs.kwargs.get("before", sys.maxsize):
        pytest.skip(f"Podman {differs.args[0]}")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    """A failure's report has every command that the test ran, with its streams."""
    report = (yield).get_result()
    commands = item.stash.get(COMMANDS, [])
    if report.failed and commands:
        report.sections.append(("commands of the test", "\n".join(str(command) for command in commands)))


# -- once per session -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def session_directory():
    # Not pytest's own: callers other than root must be able to walk there, and the engine sees the same path.
    path = pathlib.Path(tempfile.mkdtemp(prefix="sandbox-e2e-", dir="/var/tmp"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="session")
def plugin(session_directory):
    """The built plugin, copied to where every caller can run it."""
    given = os.environ.get("SANDBOX_BINARY")
    places = [given] if given else [PROJECT / "build" / preset / "docker-sandbox" for preset in ("release", "dev")]
    for place in places:
        if os.access(place, os.X_OK):
            copy = session_directory / "docker-sandbox"
            shutil.copyfile(place, copy)
            copy.chmod(0o755)
            return str(copy)
    missing("the plugin is not built: " + ", ".join(map(str, places)))


@pytest.fixture(scope="session")
def docker_paths():
    return docker_clis() or missing("no docker CLI in PATH")


@pytest.fixture(scope="session")
def engine(record_testsuite_property):
    """The private engine that DOCKER_HOST names."""
    host = os.environ.get("DOCKER_HOST")
    if not host:
        missing("DOCKER_HOST is not set; start these tests with scripts/with-engine")
    if not host.startswith("unix://"):
        pytest.exit(f"DOCKER_HOST={host}: these tests need the unix:// socket of a private engine", 4)
    if os.path.realpath(host[len("unix://") :]) in ("/run/docker.sock", os.path.realpath("/var/run/docker.sock")):
        pytest.exit("DOCKER_HOST names this machine's own engine; start these tests with scripts/with-engine", 4)
    found = Engine(host)
    if not found.answers():
        missing(f"no engine answers at {host}")
    # Each test checks that it leaves the engine as it was: two sessions would take each other's objects for leftovers.
    record_testsuite_property("engine", found.title())
    with open(found.socket_path + ".tests", "w", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pytest.exit(f"another session of these tests uses the engine {host}", 4)
        yield found


@pytest.fixture(scope="session")
def kept_images():
    """The IDs of images that belong to the session: no test's leftovers."""
    return set()


@pytest.fixture(scope="session")
def tiny(engine, kept_images):
    """Reference of the tiny template: busybox, user agent (1000), and the scripted agent of support/images/agent.sh as
    claude and as gemini."""
    identity = engine.import_image(TINY, images.tiny_root(), images.TINY_CHANGES)
    kept_images.add(identity)
    yield TINY
    engine.remove_image(TINY)


def _template(engine, kept_images, reference):
    if engine.image(reference) is None:
        flavor = reference.partition(":")[2]
        script = PROJECT / "scripts" / "build-templates"
        if not script.exists():
            missing(f"the engine has no {reference}, and there is no {script} to build it")
        # Killed tests take the build along.
        words = ["setpriv", "--pdeathsig", "TERM", str(script), flavor]
        done = subprocess.run(words, env={**os.environ, "DOCKER_HOST": engine.host}, capture_output=True)
        if done.returncode != 0:
            missing(f"{script} {flavor} failed:\n" + done.stderr.decode("utf-8", "backslashreplace")[-3000:])
        if engine.image(reference) is None:
            missing(f"{script} {flavor} did not make {reference}")
        # Its base images stay as well: the next session builds nothing.
        kept_images.update(image["Id"] for image in engine.images())
    return reference


@pytest.fixture(scope="session")
def claude_template(engine, kept_images):
    """Reference of the real claude template, `run claude`'s default."""
    return _template(engine, kept_images, CLAUDE_TEMPLATE)


@pytest.fixture(scope="session")
def gemini_template(engine, kept_images):
    """Reference of the real gemini template, `run gemini`'s default."""
    return _template(engine, kept_images, GEMINI_TEMPLATE)


@pytest.fixture(scope="session")
def host_address(engine):
    """An address of this machine that containers of the engine reach."""
    candidates = [os.environ.get("SANDBOX_ENGINE_GATEWAY"), engine.gateway()]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing: only asks for the route's source address
            candidates.append(probe.getsockname()[0])
        except OSError:
            pass
    for address in filter(None, candidates):
        with socket.socket() as probe:
            try:
                probe.bind((address, 0))
                return address
            except OSError:
                continue
    missing(f"no address of this machine for containers to reach: {candidates}")


# -- once per test --------------------------------------------------------------------------------------------------------


@pytest.fixture
def test_directory(session_directory):
    """A directory for this test, walkable by every user, removed after it."""
    path = pathlib.Path(tempfile.mkdtemp(prefix="t", dir=session_directory))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@pytest.fixture
def marker():
    """Marks the processes of this test through their environment."""
    return uuid.uuid4().hex


@pytest.fixture
def authority(test_directory):
    return certificates.make_family(test_directory / "authority")


@pytest.fixture
def start_sshd(test_directory, marker):
    """Starts the test's sshd, in whose sessions `docker` is about the engine at that host."""
    if SSHD is None:
        missing("there is no sshd")
    started = []

    def start(engine_host, *address):
        started.append(SshServer(test_directory / "ssh", engine_host, MARKER, marker, *address))
        return started[-1]

    yield start
    for server in started:
        server.stop()


@pytest.fixture
def clean_engine(engine, kept_images, marker):
    """The engine, and the check that the test leaves it, and this machine's process table, as it found them."""
    leftovers.clean(engine)  # of an earlier session that was killed
    before = engine.objects()
    yield engine

    def no_processes():
        left = leftovers.processes(marker)
        assert not left, f"{left}"
        return True

    eventually(no_processes, 60, "the test's processes have ended")
    leftovers.clean(engine)
    behind = {item for item in engine.objects() - before if item[0] != "image" or item[1] not in kept_images}
    leftovers.remove(engine, behind)  # or every later test would fail of it, too
    assert not behind, f"left behind on the engine: {sorted(behind)}"


@pytest.fixture
def workspaces(test_directory):
    """Makes fresh directories: workspaces("name", uid=1000) -> path."""

    def make(name="workspace", uid=CALLER, gid=None, parent=None):
        path = (parent or test_directory) / name
        path.mkdir(mode=0o755)
        os.chown(path, uid, uid if gid is None else gid)
        return path

    return make


@pytest.fixture
def workspace(workspaces):
    """A fresh workspace of uid 1000; the directory in which `cli` stands."""
    return workspaces()


@pytest.fixture
def make_cli(request, clean_engine, plugin, docker_paths, test_directory, marker):
    """Makes users: make_cli(directory=..., docker=..., uid=..., host=...) -> Cli."""
    made = []
    log = request.node.stash.setdefault(COMMANDS, [])

    def make(directory, docker=None, uid=None, gid=None, groups=None, host=None):
        root = test_directory / f"user{len(made)}"
        root.mkdir(mode=0o755)
        if uid is not None and groups is None:
            groups = [os.stat(clean_engine.socket_path).st_gid]
        user = Cli(
            docker=docker or docker_paths[0],
            plugin=plugin,
            engine_host=host or clean_engine.host,
            root=str(root),
            directory=str(directory),
            marker=marker,
            log=log,
            uid=uid,
            gid=gid,
            groups=groups,
        )
        made.append(user)
        return user

    yield make
    for user in made:
        user.close()


@pytest.fixture
def cli(make_cli, workspace):
    """Root with PATH's first docker CLI, standing in a fresh workspace of uid 1000."""
    return make_cli(workspace)


@pytest.fixture
def each_cli(make_cli, workspace, each_docker):
    """As `cli`, once for each docker CLI of this machine."""
    if each_docker is None:
        missing("no docker CLI in PATH")
    return make_cli(workspace, docker=each_docker)


@pytest.fixture
def default_template(tiny, clean_engine):
    """The tiny template under the name of `run claude`'s default one."""
    default = clean_engine.image(CLAUDE_TEMPLATE)
    name, tag = CLAUDE_TEMPLATE.split(":")
    clean_engine.post(f"/images/{tiny}/tag", repo=name, tag=tag)
    yield CLAUDE_TEMPLATE
    if default is None:
        for sandbox in clean_engine.sandboxes():
            clean_engine.remove_container(sandbox["Id"])
        clean_engine.remove_image(CLAUDE_TEMPLATE)
    else:
        clean_engine.post(f"/images/{default['Id']}/tag", repo=name, tag=tag)


@pytest.fixture
def image(clean_engine, docker_paths, test_directory):
    """Builds images: image("FROM …", files={"name": b"…"}) -> reference. They are removed after the test."""
    made = []

    def build(dockerfile, files=None, tag=None):
        context = test_directory / f"build{len(made)}"
        context.mkdir()
        (context / "Dockerfile").write_text(dockerfile, encoding="utf-8")
        for name, data in (files or {}).items():
            path = context / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            path.chmod(0o755)
        reference = tag or f"sandbox-e2e/derived-{uuid.uuid4().hex[:12]}:latest"
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(test_directory),
            "DOCKER_HOST": clean_engine.host,
            "DOCKER_BUILDKIT": "0",
        }
        done = subprocess.run(
            [docker_paths[0], "build", "--quiet", "--force-rm", "--tag", reference, str(context)],
            env=environment,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode("utf-8", "backslashreplace")
        made.append(reference)
        return reference

    yield build
    leftovers.clean(clean_engine)  # an image that a container uses cannot go
    for reference in made:
        clean_engine.remove_image(reference)


@pytest.fixture
def sandbox(cli, tiny):
    """The ID of the workspace's sandbox, running."""
    return cli.sandbox("run", "-d", "-t", tiny, "claude").check().last_line


@pytest.fixture
def proxy(clean_engine, test_directory):
    """A socket in front of the engine's, to be cut."""
    made = Proxy(test_directory, clean_engine.socket_path)
    yield made
    made.close()


@contextlib.contextmanager
def engine_of_its_own(kind=own_engine.OwnEngine, **options):
    """An engine that nobody else uses, started; nothing is left of it."""
    if reason := kind.lack():
        missing(reason)
    if reason := kind.obstacle():
        pytest.skip(reason)
    one = kind(**options)
    try:
        yield one.start()
    finally:
        one.wipe()


@pytest.fixture
def own_dockerd():
    """Starts engines for this test alone: own_dockerd("--debug") -> OwnEngine, started."""
    with contextlib.ExitStack() as running:
        yield lambda *arguments, **options: running.enter_context(engine_of_its_own(arguments=arguments, **options))


@pytest.fixture(scope="module")
def rootless_dockerd():
    """An engine for this module alone that a user without privileges runs, started."""
    with engine_of_its_own(own_engine.RootlessEngine) as one:
        yield one


@pytest.fixture
def model_api(host_address):
    """A scripted model API that agents in sandboxes reach at model_api.url."""
    with ModelApi(host_address) as api:
        yield api

# SPDX-License-Identifier: Apache-2.0
"""The packages of this tree, and clean roots of several Debians to install them in. Needs root, itself or through sudo.

Environment:
  PACKAGES   the directory that scripts/package has filled (default: build/packages)
"""

import os
import pathlib
import shutil
import signal
import subprocess
import tarfile
import tempfile

import pytest

PROJECT = pathlib.Path(__file__).resolve().parents[2]
# Who asks the shell to go asks all that it started: the compilers are not the tests' children.
SECOND_BUILD = """
trap 'trap "" TERM; kill -TERM -- -$$; exit 143' TERM
umask 077
scripts/package --output other &
wait $!
"""
SUITES = {"11": "bullseye", "12": "bookworm", "13": "trixie"}


def run(*command, check=True, root=False, **how):
    """Runs a command to its end; both streams are kept, as text."""
    if root and os.geteuid() != 0:
        command = ("sudo", *command)
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, **how)
    if check:
        assert done.returncode == 0, f"{command}: {done.returncode}\n{done.stdout}{done.stderr}"
    return done


@pytest.fixture(scope="session")
def directory():
    # Not pytest's own, which other users than its own must not enter.
    path = pathlib.Path(tempfile.mkdtemp(prefix="docker-sandbox-package-", dir="/var/tmp"))
    path.chmod(0o755)
    yield path
    run("rm", "-rf", "--one-file-system", str(path), root=True)


@pytest.fixture(scope="session")
def packages():
    return pathlib.Path(os.environ.get("PACKAGES", PROJECT / "build" / "packages"))


@pytest.fixture(scope="session")
def deb(packages):
    (one,) = packages.glob("*.deb")
    return one


@pytest.fixture(scope="session")
def tarball(packages):
    (one,) = packages.glob("*.tar.gz")
    return one


@pytest.fixture(scope="session")
def unpacked(tarball, directory):
    """The tarball's one directory, as anybody unpacks it."""
    place = directory / "unpacked"
    place.mkdir()
    with tarfile.open(tarball) as archive:
        archive.extractall(place)
    (top,) = place.iterdir()
    return top


@pytest.fixture(scope="session")
def built():
    """What the built plugin says it is: "docker-sandbox vX.Y.Z COMMIT"."""
    return run(str(PROJECT / "build" / "release" / "docker-sandbox"), "version").stdout


@pytest.fixture(scope="session", params=sorted(SUITES), ids=lambda version: f"debian{version}")
def debian(request, directory):
    """A clean root of that Debian: its essential packages and nothing else."""
    root = directory / f"debian{request.param}"
    configuration = directory / "apt.conf"
    # How to reach the mirror is this machine's knowledge.
    lines = run("apt-config", "dump").stdout.splitlines(keepends=True)
    configuration.write_text("".join(line for line in lines if line.startswith("Acquire::")), encoding="utf-8")
    suite = SUITES[request.param]
    mirror = run("bash", "-c", ". scripts/lib.sh; apt_place Debian http://deb.debian.org/debian", cwd=PROJECT).stdout.strip()
    made = run(
        *("mmdebstrap", "--variant=essential", f"--aptopt={configuration}", suite, str(root), mirror),
        check=False,
        root=True,
    )
    if made.returncode != 0 and suite == "bullseye" and "does not have a Release file" in made.stderr:
        pytest.skip(f"the mirror has no {suite} any more: {made.stderr[-300:]}")
    assert made.returncode == 0, made.stderr
    yield root
    run("rm", "-rf", "--one-file-system", str(root), root=True)


@pytest.fixture(scope="session")
def second_build(directory):
    """Packages of a copy of this tree, compiled anew in another directory, with another umask, time zone and number of
    jobs: started as the process that is given, for whom the tests do not wait before they must. It ends when the tests
    do, however they end."""
    copy = directory / "another place"
    run("git", "clone", "--quiet", "--no-checkout", str(PROJECT), str(copy))
    listed = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=PROJECT)
    for name in listed.stdout.split("\0")[:-1]:
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PROJECT / name, copy / name, follow_symlinks=False)
    run("git", "reset", "--quiet", cwd=copy)
    shutil.copytree(PROJECT / "build" / "deps", copy / "build" / "deps")
    settings = {"TZ": "Pacific/Auckland", "CCACHE_DISABLE": "1", "CMAKE_BUILD_PARALLEL_LEVEL": "3"}
    with open(copy / "log", "wb") as log:
        process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", "bash", "-c", SECOND_BUILD],
            cwd=copy,
            env={name: value for name, value in {**os.environ, **settings}.items() if name != "SOURCE_DATE_EPOCH"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    yield process, copy
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()


@pytest.fixture(scope="session", autouse=True)
def second_build_is_under_way(request):
    """Before the first test, if any needs it: the other tests wait for the network, and it does not."""
    if any("second_build" in item.fixturenames for item in request.session.items):
        request.getfixturevalue("second_build")


@pytest.fixture(scope="session")
def docker():
    found = shutil.which("docker", path=os.environ["PATH"] + ":/usr/bin")
    assert found, "no docker CLI in PATH"
    return found

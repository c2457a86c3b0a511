# SPDX-License-Identifier: Apache-2.0
"""The packages of this tree, and clean roots of several Debians to install them in. Needs root, itself or through sudo.

Environment:
  PACKAGES   the directory that scripts/package has filled (default: build/packages)
"""

import os
import pathlib
import shutil
import subprocess
import tarfile
import tempfile

import pytest

PROJECT = pathlib.Path(__file__).resolve().parents[2]
MIRROR = "http://deb.debian.org/debian"
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
    made = run(
        *("mmdebstrap", "--quiet", "--variant=essential", f"--aptopt={configuration}", suite, str(root), MIRROR),
        check=False,
        root=True,
    )
    if made.returncode != 0 and suite == "bullseye" and " 404 " in made.stderr:
        pytest.skip(f"the mirror has no {suite} any more: {made.stderr[-300:]}")
    assert made.returncode == 0, made.stderr
    yield root
    run("rm", "-rf", "--one-file-system", str(root), root=True)


@pytest.fixture(scope="session")
def docker():
    found = shutil.which("docker", path=os.environ["PATH"] + ":/usr/bin")
    assert found, "no docker CLI in PATH"
    return found

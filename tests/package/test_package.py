# SPDX-License-Identifier: Apache-2.0
"""What scripts/package makes: complete, started on every Debian and on nothing at all, and the same bytes each time."""

import gzip
import hashlib
import os
import pathlib
import re
import shutil
import struct

from conftest import PROJECT, run

PLUGIN = "usr/libexec/docker/cli-plugins/docker-sandbox"
MAN_PAGES = {page.name for page in (PROJECT / "docs" / "man").iterdir()}


def sha256(path):
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()


# -- what is in them ------------------------------------------------------------------------------------------------------


def test_the_packages_are_named_after_version_and_commit(deb, tarball, built):
    version, commit = re.fullmatch(r"docker-sandbox v(\d+\.\d+\.\d+) ([0-9a-f]{12})\n", built).groups()
    field = run("dpkg-deb", "--field", str(deb), "Version").stdout.strip()
    assert re.fullmatch(re.escape(version) + rf"(~git\d{{14}}\.{commit})?", field)
    architecture = run("dpkg", "--print-architecture").stdout.strip()
    assert deb.name == f"docker-sandbox_{field}_{architecture}.deb"
    assert tarball.name == f"docker-sandbox-{field}-linux-{architecture}.tar.gz"


def test_the_sums_are_those_of_the_files(packages, deb, tarball):
    run("sha256sum", "--check", "--strict", "SHA256SUMS", cwd=packages)
    listed = {line.split()[1] for line in (packages / "SHA256SUMS").read_text(encoding="utf-8").splitlines()}
    assert listed == {deb.name, tarball.name}


def test_a_package_of_a_release_is_newer_than_those_before_it(deb):
    version = run("dpkg-deb", "--field", str(deb), "Version").stdout.strip()
    if "~git" in version:
        run("dpkg", "--compare-versions", version, "lt", version.split("~")[0])


def test_everything_in_the_packages_belongs_to_root_and_is_readable(deb, tarball):
    listing = run("dpkg-deb", "--contents", str(deb)).stdout + run("tar", "tvzf", str(tarball)).stdout
    for line in listing.splitlines():
        mode, owner = line.split()[:2]
        assert owner in ("root/root", "0/0"), line
        assert mode in ("drwxr-xr-x", "-rwxr-xr-x", "-rw-r--r--"), line
        assert mode != "-rwxr-xr-x" or line.endswith("/docker-sandbox"), line


def test_the_tarball_has_the_program_its_pages_and_the_licences(unpacked):
    assert {page.name for page in (unpacked / "man" / "man1").iterdir()} == MAN_PAGES
    assert (unpacked / "LICENSE").read_bytes() == (PROJECT / "LICENSE").read_bytes()
    assert (unpacked / "CHANGELOG.md").read_bytes() == (PROJECT / "CHANGELOG.md").read_bytes()
    licences = (unpacked / "licences-of-libraries").read_text(encoding="utf-8")
    for library in ("libcli11", "libcpp-httplib", "libfmt", "libspdlog", "libssl", "nlohmann-json3", "rapidjson", "libc6"):
        assert f"======== Debian package {library}-dev ========" in licences
    assert re.search(r"Debian package libstdc\+\+-\d+-dev", licences)


def test_links_of_the_packed_documentation_lead_somewhere(unpacked):
    checked = 0
    for page in (unpacked / "docs").rglob("*.md"):
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page}: {target}"
            checked += 1
    assert checked > 10


# -- the program ----------------------------------------------------------------------------------------------------------


def program_headers(path):
    """Types of the program headers of a 64-bit, little-endian ELF file."""
    data = pathlib.Path(path).read_bytes()
    assert data[:6] == b"\x7fELF\x02\x01"
    (offset,) = struct.unpack_from("<Q", data, 32)
    size, count = struct.unpack_from("<HH", data, 54)
    return [struct.unpack_from("<I", data, offset + size * index)[0] for index in range(count)]


def test_the_program_wants_no_interpreter_and_no_library(unpacked):
    interpreter = 3
    assert interpreter not in program_headers(unpacked / "docker-sandbox")
    dynamic = run("readelf", "--dynamic", str(unpacked / "docker-sandbox")).stdout
    assert "(FLAGS_1)" in dynamic and "PIE" in dynamic
    assert "(NEEDED)" not in dynamic


def test_the_program_starts_where_there_is_nothing_else(unpacked, directory, built):
    """No libc of any kind, no /etc, no /proc, no /dev: so it starts on musl's distributions as well."""
    empty = directory / "empty"
    empty.mkdir()
    shutil.copy(unpacked / "docker-sandbox", empty)
    start = ("env", "-i", "DOCKER_HOST=unix:///nowhere", "/usr/sbin/chroot", str(empty), "/docker-sandbox")
    done = run(*start, "version", root=True)
    assert (done.stdout, done.stderr) == (built, "")
    down = run(*start, "ls", check=False, root=True)
    assert (down.returncode, down.stdout) == (1, "")
    assert down.stderr.startswith("Cannot connect to the Docker daemon at unix:///nowhere. Is the docker daemon running?")


# -- installed ------------------------------------------------------------------------------------------------------------


def files_below(directory):
    return {path for path in directory.rglob("*") if path.is_file()}


def in_root(root, *command, check=True):
    path = "PATH=/usr/sbin:/usr/bin:/sbin:/bin"
    return run("env", "-i", path, "/usr/sbin/chroot", str(root), *command, check=check, root=True)


def test_the_program_of_the_tarball_starts_on_each_debian(debian, tarball, built):
    run("tar", "-C", str(debian / "tmp"), "-xzf", str(tarball), root=True)
    program = f"/tmp/{tarball.name.removesuffix('.tar.gz')}/docker-sandbox"
    done = in_root(debian, program, "version")
    assert (done.stdout, done.stderr) == (built, "")
    # A name is looked up without the root's own C library, which may be another one or none.
    run("sh", "-c", 'echo "127.0.0.1 engine.test" >"$0"', str(debian / "etc/hosts"), root=True)
    down = in_root(debian, program, "-H", "tcp://engine.test:1", "ls", check=False)
    assert (down.returncode, down.stdout) == (1, "")
    assert down.stderr == "Cannot connect to the Docker daemon at tcp://engine.test:1. Is the docker daemon running?\n"


def test_the_package_installs_runs_and_goes(debian, deb, docker, built):
    def inside(*command, check=True):
        return in_root(debian, *command, check=check)

    run("cp", str(deb), docker, str(debian / "tmp"), root=True)
    before = files_below(debian / "usr")
    inside("dpkg", "--install", f"/tmp/{deb.name}")
    assert inside("dpkg", "--verify", "docker-sandbox").stdout == ""
    assert inside(f"/{PLUGIN}", "version").stdout == built
    # The docker CLI of this machine may need a newer C library than an older Debian has.
    if debian.name == "debian12" or inside("/tmp/docker", "--version", check=False).returncode == 0:
        assert inside("/tmp/docker", "sandbox", "version").stdout == built
    assert (debian / "usr/share/common-licenses/Apache-2.0").exists()
    inside("dpkg", "--purge", "docker-sandbox")
    assert files_below(debian / "usr") == before


def test_lintian_finds_nothing(deb):
    found = run("lintian", "--fail-on", "none", str(deb)).stdout
    assert found == ""


def test_the_package_has_pages_for_man_and_the_documents_that_debian_asks_for(deb, directory):
    root = directory / "extracted"
    run("dpkg-deb", "--extract", str(deb), str(root))
    assert {page.name for page in (root / "usr/share/man/man1").iterdir()} == {f"{name}.gz" for name in MAN_PAGES}
    page = run("man", "--manpath", str(root / "usr/share/man"), "docker-sandbox-run").stdout
    assert "docker sandbox run [options] AGENT [agent-options]" in page
    documents = root / "usr/share/doc/docker-sandbox"
    assert "License: Apache-2.0" in (documents / "copyright").read_text(encoding="utf-8")
    changelog = directory / "changelog"
    changelog.write_bytes(gzip.decompress((documents / "changelog.gz").read_bytes()))
    parsed = run("dpkg-parsechangelog", "--file", str(changelog))
    assert parsed.stderr == ""
    version = run("dpkg-deb", "--field", str(deb), "Version").stdout
    assert f"\nVersion: {version}" in parsed.stdout
    assert parsed.stdout.count("\n   * ") > 3


def test_the_program_of_the_tarball_is_a_plugin_where_a_user_puts_it(unpacked, directory, docker, built):
    configuration = directory / "docker-configuration"
    run("install", "-D", "-m", "0755", str(unpacked / "docker-sandbox"), str(configuration / "cli-plugins/docker-sandbox"))
    done = run(docker, "sandbox", "version", env={"PATH": os.environ["PATH"], "DOCKER_CONFIG": str(configuration)})
    assert done.stdout == built


def test_scripts_install_puts_the_plugin_where_the_users_docker_finds_it(directory, docker, built):
    environment = {**os.environ, "DOCKER_CONFIG": str(directory / "installed")}
    environment.pop("SUDO_USER", None)
    plugin = directory / "installed/cli-plugins/docker-sandbox"
    assert run(str(PROJECT / "scripts/install"), env=environment).stdout == f"{plugin}\n"
    first = plugin.stat()
    assert first.st_mode & 0o777 == 0o755
    assert run(docker, "sandbox", "version", env=environment).stdout == built
    run(str(PROJECT / "scripts/install"), env=environment)
    assert plugin.stat().st_mtime_ns == first.st_mtime_ns
    # One that runs is replaced beside it, not written into.
    plugin.write_bytes(b"another")
    older = plugin.stat().st_ino
    run(str(PROJECT / "scripts/install"), env=environment)
    assert plugin.stat().st_ino != older
    assert sha256(plugin) == sha256(PROJECT / "build/release/docker-sandbox")
    missing = run(str(PROJECT / "scripts/install"), "/nowhere/docker-sandbox", env=environment, check=False)
    assert (missing.returncode, missing.stdout) == (1, "")


# -- the same bytes -------------------------------------------------------------------------------------------------------


def test_another_build_elsewhere_and_later_makes_the_same_bytes(packages, second_build):
    process, copy = second_build
    assert process.wait() == 0, (copy / "log").read_text(encoding="utf-8")[-3000:]
    made = {path.name: sha256(path) for path in (copy / "other").iterdir()}
    assert made == {path.name: sha256(path) for path in packages.iterdir()}

# SPDX-License-Identifier: Apache-2.0
"""The tiny template: Debian's static busybox and an agent that is a script. Made in a second, without a registry."""

import hashlib
import io
import json
import os
import shutil
import subprocess
import tarfile
import tempfile

_HERE = os.path.dirname(os.path.abspath(__file__))

TINY_CHANGES = [
    "USER agent",
    "ENV HOME=/home/agent",
    "ENV PATH=/usr/local/bin:/bin",
    "ENV TEMPLATE_SAYS=hello",
    "WORKDIR /home/agent/workspace",
    'CMD ["sh"]',
]

APPLETS = """
awk base64 basename cat chmod chown cp cut date dd df dirname du echo env expr false find getopt grep head hostname id
kill killall ln ls md5sum mkdir mkfifo mknod mktemp more mount mv nc nslookup od pidof ping printf ps
pwd readlink realpath reset rm rmdir sed seq setsid sh sha256sum sleep sort stat stty sync tail tar tee test timeout
touch tr true tty uname uniq usleep vi wc wget which whoami xargs xxd yes [
""".split()


def _is_static(path):
    """A dynamic program names its loader in a program header of type PT_INTERP (3)."""
    with open(path, "rb") as file:
        head = file.read(64)
        if head[:5] != b"\x7fELF\x02":
            return False
        offset = int.from_bytes(head[32:40], "little")
        size, count = int.from_bytes(head[54:56], "little"), int.from_bytes(head[56:58], "little")
        file.seek(offset)
        table = file.read(size * count)
    return all(int.from_bytes(table[i * size : i * size + 4], "little") != 3 for i in range(count))


def busybox():
    """The bytes of a static busybox: this machine's, or out of Debian's package."""
    path = shutil.which("busybox")
    if path and _is_static(path):
        with open(path, "rb") as file:
            return file.read()
    with tempfile.TemporaryDirectory() as directory:
        subprocess.run(["apt-get", "download", "busybox-static"], cwd=directory, check=True, capture_output=True)
        (package,) = os.listdir(directory)
        subprocess.run(["dpkg-deb", "-x", package, "."], cwd=directory, check=True, capture_output=True)
        for place in ("bin/busybox", "usr/bin/busybox"):
            path = os.path.join(directory, place)
            if os.path.exists(path):
                with open(path, "rb") as file:
                    return file.read()
    raise FileNotFoundError("no busybox in Debian's busybox-static")


class _Root:
    """A root file system as a tar archive, the same bytes each time."""

    def __init__(self):
        self._buffer = io.BytesIO()
        self._tar = tarfile.open(fileobj=self._buffer, mode="w")

    def _add(self, info, data=None):
        info.mtime = 1700000000
        self._tar.addfile(info, io.BytesIO(data) if data is not None else None)

    def directory(self, name, mode=0o755, owner=0):
        info = tarfile.TarInfo(name)
        info.type, info.mode, info.uid, info.gid = tarfile.DIRTYPE, mode, owner, owner
        self._add(info)

    def file(self, name, data, mode=0o644):
        info = tarfile.TarInfo(name)
        info.size, info.mode = len(data), mode
        self._add(info, data)

    def link(self, name, target):
        info = tarfile.TarInfo(name)
        info.type, info.linkname = tarfile.SYMTYPE, target
        self._add(info)

    def bytes(self):
        self._tar.close()
        return self._buffer.getvalue()


def archive(reference, root_tar, architecture):
    """The tiny template as one of that architecture, in the form in which `docker save` writes images."""
    digest = hashlib.sha256(root_tar).hexdigest()
    settings = {"User": "agent", "Env": ["HOME=/home/agent", "PATH=/usr/local/bin:/bin"], "Cmd": ["sh"]}
    config = {
        **{"architecture": architecture, "os": "linux", "created": "2024-01-01T00:00:00Z", "config": settings},
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}"]},
        "history": [{"created": "2024-01-01T00:00:00Z"}],
    }
    root = _Root()
    root.directory(digest)
    root.file(f"{digest}/layer.tar", root_tar)
    root.file("config.json", json.dumps(config).encode())
    manifest = [{"Config": "config.json", "RepoTags": [reference], "Layers": [f"{digest}/layer.tar"]}]
    root.file("manifest.json", json.dumps(manifest).encode())
    return root.bytes()


def tiny_root(of_no_machine=False):
    """`of_no_machine`: its programs are for a processor that does not exist."""
    root = _Root()
    for name in ("bin", "dev", "etc", "home", "proc", "sys", "usr", "usr/local", "usr/local/bin", "var"):
        root.directory(name)
    root.directory("root", 0o700)
    root.directory("tmp", 0o1777)
    root.directory("home/agent", 0o700, 1000)
    root.directory("home/agent/workspace", 0o755, 1000)
    root.file("etc/passwd", b"root:x:0:0:root:/root:/bin/sh\nagent:x:1000:1000:Agent:/home/agent:/bin/sh\n")
    root.file("etc/group", b"root:x:0:\nagent:x:1000:\n")
    program = busybox()
    if of_no_machine:
        program = program[:18] + b"\0\0" + program[20:]  # e_machine of the ELF header
    root.file("bin/busybox", program, 0o755)
    for applet in APPLETS:
        root.link(f"bin/{applet}", "busybox")
    with open(os.path.join(_HERE, "images", "agent.sh"), "rb") as file:
        agent = file.read()
    root.file("usr/local/bin/claude", agent, 0o755)
    root.file("usr/local/bin/gemini", agent, 0o755)
    return root.bytes()

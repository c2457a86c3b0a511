# SPDX-License-Identifier: Apache-2.0
"""A real sshd, on loopback unless told otherwise, with keys and configuration of its own, and an `ssh` that knows only them."""

import os
import shutil
import socket
import subprocess

from .waiting import eventually

SSHD = shutil.which("sshd", path=os.environ["PATH"] + ":/usr/sbin:/sbin")


class SshServer:
    def __init__(self, directory, engine_host, marker_variable, marker, address="127.0.0.1"):
        self.directory = directory
        self.address = address
        directory.mkdir()
        directory.chmod(0o700)
        for key in ("host_key", "user_key", "other_key"):
            self._run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(directory / key))
        shutil.copyfile(directory / "user_key.pub", directory / "authorized_keys")
        with socket.socket() as probe:
            probe.bind((address, 0))
            self.port = probe.getsockname()[1]
        (directory / "sshd_config").write_text(
            f"""Port {self.port}
ListenAddress {address}
HostKey {directory}/host_key
AuthorizedKeysFile {directory}/authorized_keys
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
PermitRootLogin prohibit-password
PidFile none
MaxStartups 100
SetEnv DOCKER_HOST={engine_host} {marker_variable}={marker}
""",
            encoding="ascii",
        )
        host_key = (directory / "host_key.pub").read_text(encoding="ascii")
        (directory / "known_hosts").write_text(f"[{address}]:{self.port} {host_key}", encoding="ascii")
        # ssh takes its configuration from the user's real home, whatever $HOME says.
        self.bin = directory / "bin"
        self.bin.mkdir()
        self.use_key("user_key")
        os.makedirs("/run/sshd", exist_ok=True)
        self._sshd = subprocess.Popen(
            [SSHD, "-D", "-f", str(directory / "sshd_config"), "-E", str(directory / "log")],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        eventually(self._listens, what="sshd listens")

    def _run(self, *words):
        subprocess.run(words, check=True, capture_output=True)

    def _listens(self):
        assert self._sshd.poll() is None, (self.directory / "log").read_text(encoding="utf-8")
        with socket.socket() as probe:
            return probe.connect_ex((self.address, self.port)) == 0

    def use_key(self, key):
        """The key that `ssh` in self.bin offers."""
        script = self.bin / "ssh"
        script.write_text(
            f"""#!/bin/sh
exec {shutil.which("ssh")} -F none -o IdentitiesOnly=yes -o IdentityFile={self.directory}/{key} \\
  -o UserKnownHostsFile={self.directory}/known_hosts -o StrictHostKeyChecking=yes -o BatchMode=yes "$@"
""",
            encoding="ascii",
        )
        script.chmod(0o755)

    @property
    def host(self):
        return f"ssh://root@{self.address}:{self.port}"

    def environment(self):
        """What a client needs to reach the engine through this server."""
        return {"DOCKER_HOST": self.host, "PATH": f"{self.bin}:{os.environ['PATH']}"}

    def stop(self):
        self._sshd.terminate()
        self._sshd.wait(60)

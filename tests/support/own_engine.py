# SPDX-License-Identifier: Apache-2.0
"""A dockerd that one test has for itself: to stop, to kill, to start again.

It lives in network, mount and process namespaces of its own (no interface but loopback and its bridge), whose first
process is ours: ending that one ends everything inside, as a power cut would."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile

from .engine_api import Engine
from .waiting import DEADLINE, eventually

# The first process of the namespaces: reaps whatever is left to it, and says that it is ready.
_FIRST_PROCESS = """
import os, signal
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
os.write(1, b'ready')
os.close(1)
while True:
    signal.pause()
"""


def _child_of(pid):
    """The only child of a process, once it is there."""

    def child():
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
            return file.read().split()

    return int(eventually(child, what=f"process {pid} has a child")[0])


class OwnEngine:
    @classmethod
    def lack(cls):
        """What it needs and this machine does not have, or nothing."""
        if os.geteuid() != 0:
            return "an engine of the tests' own needs root"
        return None if shutil.which("dockerd") else "there is no dockerd in PATH"

    @classmethod
    def obstacle(cls):
        """Why this machine's kernel lets nobody have one, or nothing."""
        return None

    def __init__(self, arguments=(), files=None, disks=()):
        """For this engine alone `files` are texts that stand in place of system files, and `disks` are directories that have
        another content: empty at first."""
        # Short paths: a socket's name may have 107 bytes only.
        self.directory = tempfile.mkdtemp(prefix="sbx-engine-", dir="/var/tmp")
        self._arguments = list(arguments)
        self._files = files or {}
        self._disks = list(disks)
        os.chmod(self.directory, 0o711)  # users who are not root have to pass
        self._run = os.path.join(self.directory, "run")
        self._data = os.path.join(self.directory, "data")
        self._cgroup = "/sandbox-e2e-" + os.path.basename(self.directory)
        os.makedirs(self._run, exist_ok=True)
        os.makedirs(self._data, exist_ok=True)
        self.host = "unix://" + os.path.join(self._run, "docker.sock")
        self.engine = Engine(self.host)
        self._unshare = None
        self._first = None
        self._enter = None
        self._log = open(os.path.join(self.directory, "log"), "ab")

    def start(self):
        """Starts dockerd (and the namespaces around it, if they are not there) and waits until it answers."""
        if self._first is None:
            self._unshare = subprocess.Popen(
                ["unshare", "--net", "--mount", "--pid", "--fork", "--mount-proc", sys.executable, "-c", _FIRST_PROCESS],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=self._log,
                start_new_session=True,
            )
            assert self._unshare.stdout.read(5) == b"ready", self.log()
            self._first = _child_of(self._unshare.pid)
            subprocess.run([*self._inside(), "ip", "link", "set", "lo", "up"], check=True)
            self._prepare()
        for name in ("docker.pid", "exec/containerd/containerd.pid"):
            # What a killed engine leaves; the numbers may be somebody else's now.
            path = os.path.join(self._run, name)
            if not self._alive_inside(path) and os.path.exists(path):
                os.unlink(path)
        self._enter = subprocess.Popen(
            [*self._inside(), *self._command(), *self._arguments],
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
        )

        def ready():
            if self._enter.poll() is not None:
                raise RuntimeError("dockerd ended:\n" + self.log())
            return self.engine.answers()

        eventually(ready, what="dockerd answers")
        return self

    def _prepare(self):
        """What the new namespaces need before dockerd starts."""
        for path in self._disks:
            self.run_inside("mount", "-t", "tmpfs", "-o", "mode=0755", "tmpfs", path)
        for number, (path, text) in enumerate(self._files.items()):
            own = os.path.join(self.directory, f"file{number}")
            with open(own, "w", encoding="ascii") as file:
                file.write(text)
            self.run_inside("mount", "--bind", own, path)

    def _places(self):
        return [
            *("--data-root", self._data),
            *("--exec-root", os.path.join(self._run, "exec")),
            *("--pidfile", os.path.join(self._run, "docker.pid")),
            *("--host", self.host),
        ]

    def _command(self):
        return ["env", f"TMPDIR={self._run}", "dockerd", *self._places(), "--group", "root", "--cgroup-parent", self._cgroup]

    def _inside(self):
        return ["nsenter", "--target", str(self._first), "--net", "--mount", "--pid", "--"]

    def _alive_inside(self, pid_file):
        try:
            with open(pid_file, encoding="ascii") as file:
                number = file.read().strip()
        except FileNotFoundError:
            return False
        return number and os.path.exists(f"/proc/{self._first}/root/proc/{number}/stat")

    def log(self):
        with open(os.path.join(self.directory, "log"), "rb") as file:
            return file.read()[-4000:].decode("utf-8", "backslashreplace")

    def load(self, docker, host, reference):
        """Takes an image over from the engine at `host`."""
        saved = subprocess.run([docker, "--host", host, "save", reference], check=True, capture_output=True).stdout
        subprocess.run([docker, "--host", self.host, "load"], input=saved, check=True, capture_output=True)

    def in_network(self, *words):
        """The command line that runs `words` in the engine's network alone, with this machine's files and processes."""
        return ["nsenter", "--target", str(self._first), "--net", "--", *words]

    def in_its_files(self, *words):
        """The command line that runs `words` with the engine's files, and this machine's processes."""
        return ["nsenter", "--target", str(self._first), "--mount", "--", *words]

    def run_inside(self, *words):
        """A command in the engine's namespaces."""
        return subprocess.run([*self._inside(), *words], check=True, capture_output=True)

    def signal(self, number):
        """To dockerd alone."""
        os.kill(_child_of(self._enter.pid), number)

    def kill(self):
        """SIGKILL to dockerd alone; its containers and containerd live on."""
        self.signal(signal.SIGKILL)
        self._enter.wait(DEADLINE)

    def crash(self):
        """SIGKILL to dockerd and its containerd; the containers live on until an engine starts again."""
        numbers = []
        # In this order: dockerd's end is containerd's, too.
        for name in ("exec/containerd/containerd.pid", "docker.pid"):
            with open(os.path.join(self._run, name), encoding="ascii") as file:
                numbers.append(file.read().strip())
        self.run_inside("kill", "-KILL", *numbers)
        self._enter.wait(DEADLINE)

    def stop(self):
        """An orderly end of dockerd, which stops the containers."""
        self.signal(signal.SIGTERM)
        self._enter.wait(DEADLINE)

    def power_cut(self):
        """Everything inside ends at once: dockerd, containerd, containers."""
        if self._first is not None:
            os.kill(self._first, signal.SIGKILL)
            self._unshare.wait(DEADLINE)
            self._first = None
        if self._enter is not None:
            self._enter.wait(DEADLINE)
            self._enter = None

    def wipe(self):
        self.power_cut()
        self._log.close()
        _unmount_below(self.directory)
        shutil.rmtree(self.directory)
        _remove_cgroups(self._cgroup)


class RootlessEngine(OwnEngine):
    """A dockerd that a user without any privilege runs, as Docker's script for that starts it."""

    USER = 2001
    SCRIPTS = ("/usr/share/docker.io/contrib/dockerd-rootless.sh", "/usr/bin/dockerd-rootless.sh")
    _RANGE = "sandbox-rootless:300000:65536\n"

    @classmethod
    def lack(cls):
        if not any(map(os.path.exists, cls.SCRIPTS)):
            return "there is no dockerd-rootless.sh"
        for program in ("rootlesskit", "slirp4netns", "newuidmap"):
            if shutil.which(program) is None:
                return f"there is no {program}"
        return super().lack()

    @classmethod
    def obstacle(cls):
        user = ["setpriv", "--reuid", str(cls.USER), "--regid", str(cls.USER), "--clear-groups"]
        tried = subprocess.run([*user, "unshare", "--user", "--map-root-user", "--mount", "true"], capture_output=True)
        if tried.returncode != 0:
            return "the kernel lets a user make no namespace: " + tried.stderr.decode("utf-8", "backslashreplace").strip()
        if not os.path.exists("/dev/net/tun"):
            return "the kernel has no /dev/net/tun"
        return None

    def __init__(self):
        with open("/etc/passwd", encoding="utf-8") as file:
            users = file.read()
        self._entry = f"sandbox-rootless:x:{self.USER}:{self.USER}::/nonexistent:/bin/sh\n"
        super().__init__(files={"/etc/passwd": users + self._entry, "/etc/subuid": self._RANGE, "/etc/subgid": self._RANGE})
        self._home = os.path.join(self.directory, "home")
        os.makedirs(self._home, exist_ok=True)
        for path in (self.directory, self._run, self._data, self._home):
            os.chown(path, self.USER, self.USER)

    def _prepare(self):
        super()._prepare()
        # Where users may not open it, they have one of their own.
        tun = os.path.join(self.directory, "tun")
        os.mknod(tun, stat.S_IFCHR | 0o666, os.makedev(10, 200))
        os.chmod(tun, 0o666)
        self.run_inside("mount", "--bind", tun, "/dev/net/tun")

    def _command(self):
        script = next(filter(os.path.exists, self.SCRIPTS))
        environment = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", f"HOME={self._home}", f"XDG_RUNTIME_DIR={self._run}"]
        environment.append(f"TMPDIR={self._home}")  # rootlesskit leaves its directory when it is killed
        user = ["setpriv", "--reuid", str(self.USER), "--regid", str(self.USER), "--clear-groups"]
        return [*user, "env", "-i", *environment, "sh", script, *self._places()]


def _unmount_below(directory):
    with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as file:
        points = [line.split()[4].encode("latin-1", "surrogateescape").decode("unicode_escape") for line in file]
    for point in sorted((p for p in points if p.startswith(directory + "/")), reverse=True):
        subprocess.run(["umount", "--lazy", point], check=True)


def _remove_cgroups(parent):
    """A control group is removed by rmdir, innermost first, once the kernel has let go of its last process."""
    base = "/sys/fs/cgroup"
    for controller in [""] + os.listdir(base):
        top = os.path.join(base, controller) + parent
        if not os.path.isdir(top):
            continue
        for path, _, _ in os.walk(top, topdown=False):

            def removed(path=path):
                try:
                    os.rmdir(path)
                except FileNotFoundError:
                    pass
                except OSError as error:
                    raise AssertionError(str(error)) from error
                return True

            eventually(removed, what=f"removing {path}")

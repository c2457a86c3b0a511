# SPDX-License-Identifier: Apache-2.0
"""A program on a pseudo terminal, and the screen that its user would see."""

import os
import re
import shlex
import signal
import time

import pexpect
import pyte

from .waiting import DEADLINE


class Terminal:
    """Keys in with send(), the screen out with text(). All waiting reads, so that the program never blocks on output."""

    def __init__(self, command, *, env, cwd, rows=24, columns=80, user=None, group=None, groups=None):
        self.command = [str(word) for word in command]
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self.raw = b""

        def become():
            if groups is not None:
                os.setgroups(groups)
            if group is not None:
                os.setgid(group)
            if user is not None:
                os.setuid(user)

        self._child = pexpect.spawn(
            self.command[0],
            self.command[1:],
            env=env,
            cwd=cwd,
            dimensions=(rows, columns),
            timeout=DEADLINE,
            echo=True,
            preexec_fn=become,
        )
        self._child.delaybeforesend = None
        self._child.delayafterclose = 0
        self._child.delayafterterminate = 0
        self._ended = False

    @property
    def pid(self):
        return self._child.pid

    @property
    def fd(self):
        """The master's descriptor: termios calls on it see the terminal's settings."""
        return self._child.child_fd

    def text(self):
        """The screen's lines, without what is blank at their ends and below the last one."""
        return "\n".join(line.rstrip() for line in self._screen.display).rstrip()

    def size(self):
        return self._child.getwinsize()

    def resize(self, rows, columns):
        self._screen.resize(rows, columns)
        self._child.setwinsize(rows, columns)

    def send(self, keys):
        self._child.send(keys.encode() if isinstance(keys, str) else keys)

    def signal(self, number):
        os.kill(self.pid, number)

    def _read_some(self, timeout):
        """Reads what is there. False at the end of the output."""
        try:
            data = self._child.read_nonblocking(65536, timeout=timeout)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        self.raw += data
        self._stream.feed(data)
        return True

    def wait_for(self, wanted, deadline=DEADLINE):
        """Reads until the screen has `wanted`: a text, a compiled pattern, or a predicate of this terminal."""
        if isinstance(wanted, str):
            found = lambda: wanted in self.text()  # noqa: E731
        elif isinstance(wanted, re.Pattern):
            found = lambda: wanted.search(self.text())  # noqa: E731
        else:
            found = lambda: wanted(self)  # noqa: E731
        end = time.monotonic() + deadline
        while True:
            value = found()
            if value:
                return value
            if self._ended:
                raise AssertionError(f"the program ended; the screen never had {wanted!r}")
            if time.monotonic() > end:
                raise AssertionError(f"the screen had no {wanted!r} within {deadline} s")
            self._ended = not self._read_some(0.1)

    def finish(self, deadline=DEADLINE):
        """Reads to the end of the output and returns the exit status (-N: ended by signal N)."""
        end = time.monotonic() + deadline
        while not self._ended:
            if time.monotonic() > end:
                raise AssertionError(f"did not end within {deadline} s")
            self._ended = not self._read_some(0.1)
        self._child.wait()
        if self._child.signalstatus is not None:
            return -self._child.signalstatus
        return self._child.exitstatus

    def hang_up(self):
        """Closes the terminal as a closed window does."""
        os.close(self._child.child_fd)
        self._child.closed = True
        self._child.child_fd = -1

    def close(self):
        if self._child.isalive():
            self._child.kill(signal.SIGKILL)
            self._child.wait()
        if not self._child.closed:
            self._child.close(force=True)

    def __str__(self):
        return f"$ {shlex.join(self.command)}   (on a terminal of {self.size() if not self._child.closed else '?'})\n" + (
            "\n".join("  | " + line for line in self.text().splitlines())
        )

    def __repr__(self):
        return f"<{shlex.join(self.command)[:60]} on a terminal>"

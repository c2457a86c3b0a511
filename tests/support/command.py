# SPDX-License-Identifier: Apache-2.0
"""Running a program with captured streams, a deadline and failures that can be read."""

import os
import shlex
import signal
import subprocess

from .waiting import DEADLINE

_SHOWN = 6000


def _shown(data):
    text = data.decode("utf-8", "backslashreplace")
    if len(text) > _SHOWN:
        text = text[: _SHOWN // 2] + f"\n[… {len(text) - _SHOWN} characters …]\n" + text[-_SHOWN // 2 :]
    return "".join("    " + line for line in text.splitlines(keepends=True)) or "    (nothing)"


class Result:
    """How a program ended. `code` is its exit status, or -N when signal N ended it."""

    def __init__(self, command, code, stdout, stderr):
        self.command = command
        self.code = code
        self.stdout_bytes = stdout
        self.stderr_bytes = stderr

    @property
    def out(self):
        return self.stdout_bytes.decode("utf-8", "backslashreplace")

    @property
    def err(self):
        return self.stderr_bytes.decode("utf-8", "backslashreplace")

    @property
    def lines(self):
        return self.out.splitlines()

    @property
    def last_line(self):
        assert self.lines, self
        return self.lines[-1]

    def check(self, code=0, out=None, err=None):
        """Asserts the exit status, and the exact streams where they are given (text); returns self."""
        assert self.code == code, f"exit status {self.code}, expected {code}; stderr: {self.err[-1000:]}"
        if out is not None:
            assert self.out == out
        if err is not None:
            assert self.err == err
        return self

    def __str__(self):
        return (
            f"$ {shlex.join(self.command)}\n  exit status: {self.code}\n"
            f"  stdout:\n{_shown(self.stdout_bytes)}\n  stderr:\n{_shown(self.stderr_bytes)}"
        )

    def __repr__(self):
        # Short: on a failure the test's report has all of its commands in full.
        return f"<{shlex.join(self.command)[:60]}: {self.code}>"


class Process:
    """A started program with captured streams. Ended, by its own group, at the latest by close(). `log` is a list that
    gets the results."""

    def __init__(self, command, *, env, cwd, stdin, user=None, group=None, groups=None, limits=None, log=None):
        self._log = log if log is not None else []
        self.command = [str(word) for word in command]
        self._popen = subprocess.Popen(
            self.command,
            env=env,
            cwd=cwd,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            user=user,
            group=group,
            extra_groups=groups,
            # A session of its own: no controlling terminal, and a signal to its group reaches nobody else.
            start_new_session=True,
            preexec_fn=limits,
        )

    @property
    def pid(self):
        return self._popen.pid

    @property
    def stdin(self):
        return self._popen.stdin

    @property
    def stdout(self):
        return self._popen.stdout

    @property
    def stderr(self):
        return self._popen.stderr

    def running(self):
        return self._popen.poll() is None

    def wait(self):
        """Its exit status, where its streams are not to be read to their ends."""
        return self._popen.wait(DEADLINE)

    def signal(self, number):
        self._popen.send_signal(number)

    def signal_group(self, number):
        """As a terminal does: to the docker CLI and its plugin alike."""
        os.killpg(self.pid, number)

    def finish(self, data=None, deadline=DEADLINE):
        """Sends `data` and the end of input, reads both streams to their end and returns the Result."""
        try:
            stdout, stderr = self._popen.communicate(data, timeout=deadline)
        except subprocess.TimeoutExpired:
            self.close()
            stdout, stderr = self._popen.communicate()
            self._log.append(Result(self.command, self._popen.returncode, stdout, stderr))
            raise AssertionError(f"did not end within {deadline} s, killed: {self.command}") from None
        result = Result(self.command, self._popen.returncode, stdout, stderr)
        self._log.append(result)
        return result

    def close(self):
        if self.running():
            try:
                os.killpg(self.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self._popen.wait()


def run(command, *, env, cwd, data=b"", deadline=DEADLINE, **options):
    """Runs to the end. `data` is all of stdin; None gives it /dev/null."""
    stdin = subprocess.DEVNULL if data is None else subprocess.PIPE
    process = Process(command, env=env, cwd=cwd, stdin=stdin, **options)
    return process.finish(data, deadline)

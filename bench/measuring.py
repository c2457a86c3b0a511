# SPDX-License-Identifier: Apache-2.0
"""What bench/run measures with: programs in turn, their times and peaks of memory, and the rows of its table."""

import socket
import statistics
import subprocess
import sys
import time


class Row:
    """One line of the table: ours against theirs; a ratio above 1 is worse for us. Without a bar it only informs."""

    def __init__(self, name, bar, ours, theirs, unit="ms", difference=False, floor=None):
        self.name, self.bar, self.unit, self.difference, self.floor = name, bar, unit, difference, floor
        self.ours, self.theirs = statistics.median(ours), statistics.median(theirs)

    @property
    def figure(self):
        return self.ours - self.theirs if self.difference else self.ours / self.theirs

    @property
    def met(self):
        return self.bar is None or self.figure <= self.bar

    def cells(self):
        relation = f"{self.figure:+.2f} {self.unit}" if self.difference else f"{self.figure:.2f}"
        bar, met = "", ""
        if self.bar is not None:
            bar = f"+{self.bar:.2f} {self.unit}" if self.difference else f"{self.bar:.2f}"
            met = "yes" if self.met else "no"
        floor = "" if self.floor is None else f"{statistics.median(self.floor):.2f} {self.unit}"
        return [self.name, f"{self.ours:.2f} {self.unit}", f"{self.theirs:.2f} {self.unit}", relation, bar, met, floor]


HEADER = ["work", "docker-sandbox", "docker CLI", "ratio", "bar", "met", "floor"]


def elapsed(act):
    """Milliseconds that a call takes."""
    start = time.perf_counter()
    act()
    return (time.perf_counter() - start) * 1000


def answer_time(socket_path, target):
    """Milliseconds until a bare GET has the whole answer."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        start = time.perf_counter()
        connection.connect(socket_path)
        connection.sendall(f"GET {target} HTTP/1.0\r\n\r\n".encode())
        answer = b"".join(iter(lambda: connection.recv(1 << 18), b""))
        duration = (time.perf_counter() - start) * 1000
    if not answer.startswith(b"HTTP/1.0 200"):
        sys.exit(f"bench: {target}: {answer[:200]!r}")
    return duration


def checked(process, words, errors):
    if process.wait() != 0:
        sys.exit(f"bench: {words} ended with {process.returncode}: {errors.decode(errors='replace')}")


def timed(words, stdin=subprocess.DEVNULL):
    """Milliseconds from the start to the end of a program."""
    start = time.perf_counter()
    with subprocess.Popen(words, stdin=stdin, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        errors = process.stderr.read()
        process.wait()
        duration = (time.perf_counter() - start) * 1000
        checked(process, words, errors)
    return duration


def peak(words, stdin=subprocess.DEVNULL):
    """The largest resident memory of a program and its children, in MiB. A program counts as having had what its parent
    had when it started it: so the parent is a small one."""
    with subprocess.Popen(
        ["/usr/bin/time", "-f", "%M", *words], stdin=stdin, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        errors = process.stderr.read()
        checked(process, words, errors)
    return int(errors.split()[-1]) / 1024


def in_turn(rounds, *sides):
    """Runs the sides in turn, after one round that does not count; a list of samples for each."""
    samples = [[] for _ in sides]
    for number in range(rounds + 1):
        for side, kept in zip(sides, samples):
            sample = side()
            if number > 0:
                kept.append(sample)
    return samples

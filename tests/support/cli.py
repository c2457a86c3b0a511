# SPDX-License-Identifier: Apache-2.0
"""The real docker CLI with the built plugin, in an environment of its own."""

import json
import os
import shutil
import subprocess

from . import command
from .terminal import Terminal

# In the environment of every process that a test starts: what is left behind is known by it.
MARKER = "DOCKER_SANDBOX_E2E"


def docker_clis():
    """All docker CLIs of PATH, the one that a shell would take first, each once."""
    found, seen = [], set()
    for directory in os.environ["PATH"].split(os.pathsep) + ["/usr/local/bin", "/usr/bin"]:
        path = shutil.which("docker", path=directory)
        if path and os.path.realpath(path) not in seen:
            seen.add(os.path.realpath(path))
            found.append(path)
    return found


# What a plugin that was built with sanitizers is told: where to leave what it finds.
INSTRUMENTS = ("ASAN_OPTIONS", "UBSAN_OPTIONS")


class Cli:
    """One user at one shell: a docker CLI, a home, a docker configuration and a directory.

    The environment has nothing of the test's own but PATH and INSTRUMENTS; `env` adds to it, per call or for good."""

    def __init__(self, *, docker, plugin, engine_host, root, directory, marker, log, uid=None, gid=None, groups=None):
        self.docker_path = docker
        self.plugin_path = plugin
        self.home = os.path.join(root, "home")
        self.config = os.path.join(root, "config")
        self.directory = directory
        self._user = {} if uid is None else {"user": uid, "group": uid if gid is None else gid, "groups": groups or []}
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": self.home,
            "LANG": "C.UTF-8",
            "DOCKER_CONFIG": self.config,
            "DOCKER_HOST": engine_host,
            MARKER: marker,
            **{name: os.environ[name] for name in INSTRUMENTS if name in os.environ},
        }
        self._open = []
        self._log = log
        os.makedirs(os.path.join(self.config, "cli-plugins"))
        os.makedirs(self.home)
        os.symlink(plugin, os.path.join(self.config, "cli-plugins", "docker-sandbox"))
        if uid is not None:
            for path in (root, self.home, self.config):
                os.chown(path, uid, self._user["group"])

    def write_config(self, **values):
        """config.json of this user."""
        with open(os.path.join(self.config, "config.json"), "w", encoding="utf-8") as file:
            json.dump(values, file)

    def environment(self, extra=None):
        """The environment of a call. A value of None takes the variable away."""
        merged = {**self.env, **(extra or {})}
        return {name: value for name, value in merged.items() if value is not None}

    def run(self, words, *, data=b"", env=None, cwd=None, **options):
        return command.run(
            words, env=self.environment(env), cwd=cwd or self.directory, data=data, log=self._log, **self._user, **options
        )

    def start(self, words, *, env=None, cwd=None, stdin=subprocess.PIPE):
        process = command.Process(
            words, env=self.environment(env), cwd=cwd or self.directory, stdin=stdin, log=self._log, **self._user
        )
        self._open.append(process)
        return process

    def open_terminal(self, words, *, env=None, cwd=None, rows=24, columns=80):
        terminal = Terminal(
            words,
            env=self.environment({"TERM": "xterm-256color", **(env or {})}),
            cwd=cwd or self.directory,
            rows=rows,
            columns=columns,
            **self._user,
        )
        self._open.append(terminal)
        self._log.append(terminal)
        return terminal

    def docker(self, *words, **options):
        """`docker WORDS`"""
        return self.run([self.docker_path, *words], **options)

    def sandbox(self, *words, **options):
        """`docker sandbox WORDS`"""
        return self.docker("sandbox", *words, **options)

    def plugin(self, *words, **options):
        """`docker-sandbox WORDS`: the binary itself"""
        return self.run([self.plugin_path, *words], **options)

    def start_sandbox(self, *words, **options):
        """`docker sandbox WORDS`, not waited for"""
        return self.start([self.docker_path, "sandbox", *words], **options)

    def sandbox_terminal(self, *words, **options):
        """`docker sandbox WORDS` on a terminal"""
        return self.open_terminal([self.docker_path, "sandbox", *words], **options)

    def inspect(self, *words, **options):
        """What `docker sandbox inspect` says of one sandbox"""
        answer = json.loads(self.sandbox("inspect", *words, **options).check().out)
        assert len(answer) == 1, answer
        return answer[0]

    def close(self):
        for item in self._open:
            item.close()

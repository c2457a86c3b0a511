# SPDX-License-Identifier: Apache-2.0
"""What tests of credentials share: a login, a home that lends, an SSH agent, and calls that use them."""

import contextlib
import json
import os
import socket
import threading

LOGIN = {
    "claudeAiOauth": {
        "accessToken": "token-of-the-volume",
        "refreshToken": "refresh",
        "expiresAt": 4102444800000,
        "scopes": ["user:inference", "user:profile"],
        "subscriptionType": "max",
    }
}


def ask(cli, text, *options, agent=("-p",)):
    return cli.sandbox("run", "-q", *options, "claude", *agent, text, data=None).check()


class Home:
    """A home with what the mode "host" lends."""

    FILES = {
        ".gitconfig": "[user]\n\tname = Host Person\n\temail = host@example.com\n",
        ".config/git/ignore": "*.secret\n",
        ".config/gh/hosts.yml": "github.com: {}\n",
        ".ssh/id_ed25519": "PRIVATE KEY\n",
        ".claude/.credentials.json": json.dumps(LOGIN).replace("volume", "host"),
        ".claude/CLAUDE.md": "the host's rules\n",
        ".claude.json": '{"hasCompletedOnboarding": true, "numStartups": 3}\n',
        ".gemini/oauth_creds.json": "{}\n",
        ".aws/credentials": "not lent\n",
    }

    def __init__(self, path, names=None, owner=1000):
        self.path = path
        self._owner = owner
        for name, text in self.FILES.items():
            if names is None or name in names:
                self.write(name, text)
        for directory, _, files in os.walk(path):
            for one in [directory, *(os.path.join(directory, name) for name in files)]:
                os.chown(one, owner, owner)

    def write(self, name, text):
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        replacement = file.with_name(file.name + ".new")  # as programs do that replace files by rename
        replacement.write_text(text)
        replacement.chmod(0o600)
        os.chown(replacement, self._owner, self._owner)
        replacement.rename(file)

    def read(self, name):
        return (self.path / name).read_text()

    def names(self):
        return {str(p.relative_to(self.path)) for p in self.path.rglob("*")}


class SshAgent:
    """An SSH agent that knows one answer, at a socket of its own."""

    def __init__(self, path, answer):
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind(str(path))
        os.chown(path, 1000, 1000)
        self._socket.listen()
        self._answer = answer
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self):
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection, contextlib.suppress(ConnectionError):  # who gives up need not have read all
                asked = connection.recv(100)
                connection.sendall(self._answer + b" to " + asked)

    def close(self):
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()

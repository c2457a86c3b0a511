# SPDX-License-Identifier: Apache-2.0
"""Users who reach an engine of a test's own by the network."""

import os

PORT = 2376  # in the engine's own network namespace, where nobody else is


def tls_arguments(authority, server="server"):
    """With which an engine listens there, and asks who wants to be let in."""
    return (
        *("--host", f"tcp://127.0.0.1:{PORT}", "--tlsverify", "--tlscacert", str(authority / "ca.pem")),
        *("--tlscert", str(authority / f"{server}-cert.pem"), "--tlskey", str(authority / f"{server}-key.pem")),
    )


class Inside:
    """A user of an engine of its own, in the engine's network namespace if it listens on loopback there."""

    def __init__(self, cli, own, in_network=True):
        self._cli = cli
        self._own = own
        self._in_network = in_network

    def _words(self, words):
        return self._own.in_network(*words) if self._in_network else words

    def run(self, *words, **options):
        return self._cli.run(self._words(words), **options)

    def run_here(self, *words, **options):
        return self._cli.run(words, **options)

    @property
    def home(self):
        return self._cli.home

    @property
    def docker_path(self):
        return self._cli.docker_path

    def docker(self, *words, **options):
        return self.run(self._cli.docker_path, *words, **options)

    def sandbox(self, *words, **options):
        return self.docker("sandbox", *words, **options)

    def sandbox_terminal(self, *words, **options):
        return self._cli.open_terminal(self._words((self.docker_path, "sandbox", *words)), **options)


def user_of(own, make_cli, workspace, tiny, host, env=None, in_network=True):
    """A user who reaches the engine at `host`, in the engine's network namespace or from outside; the tiny template is there
    already."""
    cli = make_cli(workspace, host=host)
    own.load(cli.docker_path, os.environ["DOCKER_HOST"], tiny)
    cli.env.update(env or {})
    return Inside(cli, own, in_network)

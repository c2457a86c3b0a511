# SPDX-License-Identifier: Apache-2.0
"""Users who reach an engine of a test's own by the network."""

import os

PORT = 2376  # in the engine's own network namespace, where nobody else is


class Inside:
    """A user in the network namespace of an engine of its own, which listens on loopback there."""

    def __init__(self, cli, own):
        self._cli = cli
        self._own = own

    def run(self, *words, **options):
        return self._cli.run(self._own.in_network(*words), **options)

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


def user_of(own, make_cli, workspace, tiny, host, env=None):
    """A user who reaches the engine at `host`; the tiny template is there already."""
    local = make_cli(workspace, host=own.host)
    saved = local.run([local.docker_path, "save", tiny], env={"DOCKER_HOST": os.environ["DOCKER_HOST"]}).check()
    local.docker("load", data=saved.stdout_bytes).check()
    cli = make_cli(workspace, host=host)
    cli.env.update(env or {})
    return Inside(cli, own)

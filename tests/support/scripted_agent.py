# SPDX-License-Identifier: Apache-2.0
"""The agent of the tiny template (images/agent.sh): what it is told to do, and what it answers."""


def run_script(cli, template, script, *options, agent="claude", **more):
    """`run` in which the agent runs a script of the shell. `more` is for Cli.run."""
    return cli.sandbox("run", "-t", template, *options, agent, "sh", script, **more)


def variables(result):
    """The environment that the agent's `env` wrote."""
    pairs = (entry.split(b"=", 1) for entry in result.check().stdout_bytes.split(b"\0") if entry)
    return {name.decode(): value.decode("utf-8", "surrogateescape") for name, value in pairs}

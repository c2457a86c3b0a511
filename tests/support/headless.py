# SPDX-License-Identifier: Apache-2.0
"""Agents in the background, and what they leave in a sandbox."""

RUNS = "/var/lib/docker-sandbox/runs"


def begin(user, script):
    """The tiny template's agent runs the script in the background, in the sandbox of the user's directory."""
    return user.sandbox("run", "-q", "-d", "claude", "sh", script).check()


def root_in_runs(user, sandbox, script):
    """Runs the script as root where the sandbox keeps its runs."""
    return user.docker("exec", "-u", "0", "-w", RUNS, sandbox, "sh", "-c", script).check()

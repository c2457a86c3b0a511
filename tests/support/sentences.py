# SPDX-License-Identifier: Apache-2.0
"""Sentences and use lines that several tests expect."""

RUN_USAGE = "docker sandbox run [options] AGENT [agent-options]"

# Nothing is ever there.
DOWN = "unix:///nonexistent/docker.sock"


def cannot_connect(endpoint):
    return f"Cannot connect to the Docker daemon at {endpoint}. Is the docker daemon running?"

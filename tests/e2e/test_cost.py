# SPDX-License-Identifier: Apache-2.0
"""What a call costs, counted: instructions and system calls are the same on every machine, however busy it is.

The limits leave room for another compiler or C library. Where one is exceeded, either something came in that need not be,
or the limit is raised in a commit that says what for. Times are bench/run's."""

import os
import re
import shutil

import pytest

# Millions of instructions, system calls. Counted when this was written: 0.38 and 20; 1.36 and 57.
METADATA = (0.7, 30)
LIST_OF_ONE = (2.2, 90)
# For each further sandbox of a list; counted: 0.11.
FURTHER_ROW = 0.16


def needed(program):
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    return program


def instructions(cli, *words):
    """Millions of them."""
    counter = [needed("valgrind"), "--tool=callgrind", "--callgrind-out-file=/dev/null", cli.plugin_path]
    return int(re.search(r"Collected : (\d+)", cli.run([*counter, *words]).check().err)[1]) / 1e6


def system_calls(cli, *words):
    listed = cli.run([needed("strace"), "-f", cli.plugin_path, *words]).check().err
    return len(re.findall(r"^(?:\[pid +\d+\] )?\w+\(", listed, re.M))


def test_the_metadata_cost_next_to_nothing(cli):
    """The docker CLI asks for them before every command of every plugin."""
    words = ["docker-cli-plugin-metadata"]
    assert instructions(cli, *words) < METADATA[0]
    assert system_calls(cli, *words) < METADATA[1]


def test_a_list_costs_little_and_little_more_for_each_sandbox(cli, tiny, workspaces, clean_engine):
    first = cli.sandbox("run", "-d", "-t", tiny, "claude").check().last_line
    assert system_calls(cli, "ls") < LIST_OF_ONE[1]
    of_one = instructions(cli, "ls")
    assert of_one < LIST_OF_ONE[0]
    further = 5
    for number in range(further):
        cli.plugin("run", "-d", "-q", "-t", tiny, "-w", str(workspaces(f"w{number}")), "claude").check()
    assert (instructions(cli, "ls") - of_one) / further < FURTHER_ROW
    assert first in cli.plugin("ls", "-q", "--no-trunc").check().lines


def test_the_program_is_small(cli):
    assert os.path.getsize(cli.plugin_path) < 12 << 20

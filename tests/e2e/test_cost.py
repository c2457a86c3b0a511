# SPDX-License-Identifier: Apache-2.0
"""What a call costs, counted: instructions and system calls are the same on every machine, however busy it is.

The limits leave room for another compiler or C library. Where one is exceeded, either something came in that need not be,
or the limit is raised in a commit that says what for. Times are bench/run's. SANDBOX_SOAK=1 counts a list of 10,000, too."""

import os
import re
import shutil

import pytest
from support.counting import INSTRUCTION_COUNTER, millions_of_instructions
from support.list_server import ListServer

from conftest import SOAK, missing

pytestmark = pytest.mark.as_shipped

# Millions of instructions, system calls. Counted when this was written: 0.40 and 20; 0.80 and 57.
METADATA = (0.7, 30)
LIST_OF_ONE = (1.3, 90)
# Millions for each further sandbox of a list; counted: 0.088.
FURTHER_ROW = 0.12


def needed(program):
    if shutil.which(program) is None:
        missing(f"{program} is not installed")
    return program


def instructions(cli, *words, lines=0, **options):
    """Millions of them, for an answer of so many lines at least."""
    needed("valgrind")
    ran = cli.run([*INSTRUCTION_COUNTER, cli.plugin_path, *words], **options).check()
    assert len(ran.lines) >= lines
    return millions_of_instructions(ran.err)


def system_calls(cli, *words):
    listed = cli.run([needed("strace"), "-f", cli.plugin_path, *words]).check().err
    return len(re.findall(r"^(?:\[pid +\d+\] )?\w+\(", listed, re.M))


def test_the_metadata_cost_next_to_nothing(cli):
    """The docker CLI asks for them before every command of every plugin."""
    words = ["docker-cli-plugin-metadata"]
    assert instructions(cli, *words) < METADATA[0]
    assert system_calls(cli, *words) < METADATA[1]


@pytest.fixture
def list_of(cli, tiny, clean_engine, test_directory):
    """Calls the plugin with an engine that has many sandboxes like the one that is there: list_of(100, "ls")."""
    cli.sandbox("run", "-d", "-t", tiny, "claude").check()
    (one,) = clean_engine.sandboxes()

    def call(count, *words):
        names = [one["Names"][0] + ("" if number == 0 else f"-{number + 1}") for number in range(count)]
        rows = [dict(one, Id=f"{number:064x}", Names=[name]) for number, name in enumerate(names)]
        with ListServer(str(test_directory / f"list{count}.sock"), rows) as server:
            return instructions(cli, *words, lines=count, env={"DOCKER_HOST": server.host})

    return call


def test_a_list_of_one_costs_little(cli, tiny):
    cli.sandbox("run", "-d", "-t", tiny, "claude").check()
    assert system_calls(cli, "ls") < LIST_OF_ONE[1]
    assert instructions(cli, "ls") < LIST_OF_ONE[0]


@pytest.mark.parametrize("words", [["ls"], ["ls", "-q"], ["__complete", "rm", ""]], ids=lambda words: words[0])
def test_each_further_sandbox_costs_the_same(list_of, words):
    of_one = list_of(1, *words)
    for count in (100, 1000, 10000) if SOAK else (100, 1000):
        assert (list_of(count, *words) - of_one) / (count - 1) < FURTHER_ROW, count


def test_the_program_is_small(cli):
    assert os.path.getsize(cli.plugin_path) < 12 << 20

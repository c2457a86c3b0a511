# SPDX-License-Identifier: Apache-2.0
"""What the set-up of a new sandbox costs, counted: the processes that it starts, and the files that it touches.

A container numbers its processes from one on, so the last number tells how many there have been. A change of a file's
owner or mode shows in the time of its last change, also when the owner was that already."""

import os

import pytest
from support.scripted_agent import run_script

# Processes of the set-up, without what the engine itself starts for a container and for an exec: where the template's
# number fits, and where it is changed. Counted when this was written: 21 and 33 (claude), 29 and 40 (gemini).
FITS = {"claude": 28, "gemini": 36}
CHANGED = {"claude": 40, "gemini": 48}
# The container's own: init, the shell that waits, its sleep.
OWN_PROCESSES = 3
MANY = 300


def last_process(cli, identity):
    return int(cli.docker("exec", "-u", "0", identity, "cat", "/proc/loadavg").check().out.split()[-1])


@pytest.mark.real_agent
@pytest.mark.parametrize("agent", ["claude", "gemini"])
@pytest.mark.parametrize(("uid", "limits"), [(1000, FITS), (1234, CHANGED)])
def test_the_set_up_starts_few_processes(cli, claude_template, workspaces, agent, uid, limits):
    workspace = workspaces("other", uid=uid)
    identity = cli.sandbox("run", "-q", "-d", "-t", claude_template, "-w", str(workspace), agent).check().last_line
    numbers = [last_process(cli, identity) for _ in range(4)]
    an_exec = min(later - earlier for earlier, later in zip(numbers, numbers[1:]))
    assert numbers[0] - OWN_PROCESSES - 2 * an_exec <= limits[agent], numbers


def times(directory):
    return {path: os.lstat(os.path.join(directory, path)).st_ctime_ns for path in (".", *os.listdir(directory))}


def fill(directory, owner):
    for number in range(MANY):
        path = directory / f"file{number}"
        path.touch()
        os.chown(path, owner, owner)
    return directory


@pytest.mark.parametrize("uid", [1000, 1234])
def test_the_set_up_touches_nothing_that_is_mounted(make_cli, workspaces, tiny, uid):
    mounted = [fill(workspaces(name, uid=owner), owner) for name, owner in (("workspace", uid), ("mine", uid), ("old", 1000))]
    before = [times(directory) for directory in mounted]
    cli = make_cli(mounted[0], uid=uid)
    options = ["-v", f"{mounted[1]}:/home/agent/mine", "-v", f"{mounted[2]}:/home/agent/.cache/old"]
    run_script(cli, tiny, "id -u", *options).check(0, f"{uid}\n")
    assert [times(directory) for directory in mounted] == before


def test_where_the_numbers_fit_nothing_is_touched_in_a_full_home_or_credential_volume(make_cli, workspaces, tiny, image):
    make_many = f"n=0; while [ $n -lt {MANY} ]; do n=$((n + 1)); : >$d/file$n; done"
    template = image(f"FROM {tiny}\nRUN mkdir ~/full && d=~/full && {make_many}\n")
    first, second = (make_cli(workspaces(name), uid=1000) for name in ("first", "second"))
    look = "stat -c '%n %z' /mnt/claude-data/full/*"
    before = run_script(first, tiny, f"d=/mnt/claude-data/full; mkdir $d; {make_many}; {look}").check().lines
    assert len(before) == MANY
    assert run_script(second, template, look).check().lines == before
    identity = second.sandbox("ls", "-q", "--no-trunc", "-f", f"workspace={second.directory}").check().last_line
    changed = second.docker("diff", identity).check().lines
    # The engine copies a file of the image when it is touched.
    assert 0 < len(changed) < 40 and not any("/full" in line for line in changed), changed

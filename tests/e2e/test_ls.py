# SPDX-License-Identifier: Apache-2.0
"""`docker sandbox ls`."""

import datetime
import re

import pytest

HEADER = "SANDBOX ID   TEMPLATE   NAME   WORKSPACE   STATUS   CREATED"
COLUMNS = HEADER.split("   ")


def rows(result):
    """The table's rows as {column: cell}, cut where the header's columns begin; they must be three spaces apart."""
    header, *lines = result.check(0, err="").lines
    starts = [header.index(column) for column in COLUMNS]
    ends = starts[1:] + [None]
    table = [[line[start:end] for start, end in zip(starts, ends)] for line in [header, *lines]]
    for column in range(len(COLUMNS) - 1):
        cells = [row[column] for row in table]
        widest = max(len(cell.rstrip()) for cell in cells)
        assert all(len(cell) == widest + 3 for cell in cells), cells
    return [dict(zip(COLUMNS, (cell.rstrip() for cell in row))) for row in table[1:]]


def make_sandboxes(make_cli, workspaces, tiny, count, engine):
    made = []
    for number in range(count):
        engine.await_an_order()
        user = make_cli(workspaces(f"project-{number}"))
        identity = user.sandbox("run", "-d", "--name", f"box-{number}", "-t", tiny, "claude").check().last_line
        made.append((identity, f"box-{number}", user.directory))
    return made


@pytest.mark.parametrize("command", ["ls", "list"])
def test_without_sandboxes_there_is_the_header_alone(cli, command):
    """None: the header alone, exit 0. `list` is the same command."""
    cli.sandbox(command).check(0, HEADER + "\n", "")


def test_a_row_has_everything(each_cli, tiny, clean_engine, workspace):
    """Columns; ID 12 digits, STATUS docker's state word, CREATED `YYYY-MM-DD HH:MM:SS` UTC."""
    identity = each_cli.sandbox("run", "-d", "--name", "my-project", "-t", tiny, "claude").check().last_line
    (row,) = rows(each_cli.sandbox("ls", "--no-trunc", env={"TZ": "UTC-7"}))
    created = clean_engine.sandbox()["Created"]
    second = datetime.datetime.strptime(created[:19], "%Y-%m-%dT%H:%M:%S")
    assert row == {
        "SANDBOX ID": identity,
        "TEMPLATE": tiny,
        "NAME": "my-project",
        "WORKSPACE": str(workspace),
        "STATUS": "running",
        "CREATED": second.strftime("%Y-%m-%d %H:%M:%S"),
    }
    (short,) = rows(each_cli.sandbox("ls"))
    assert short["SANDBOX ID"] == identity[:12]


def test_running_and_stopped_ones_are_listed_newest_first(cli, tiny, clean_engine, make_cli, workspaces):
    """Newest first, running and stopped."""
    made = make_sandboxes(make_cli, workspaces, tiny, 3, clean_engine)
    clean_engine.stop(made[1][0])
    clean_engine.post(f"/containers/{made[2][0]}/pause")
    listed = rows(cli.sandbox("ls"))
    assert [(row["NAME"], row["STATUS"]) for row in listed] == [
        ("box-2", "paused"), ("box-1", "exited"), ("box-0", "running"),
    ]  # fmt: skip
    clean_engine.post(f"/containers/{made[2][0]}/unpause")


@pytest.mark.parametrize("option", ["-q", "--quiet"])
def test_quiet_prints_only_the_ids(cli, tiny, make_cli, workspaces, option, clean_engine):
    """`-q/--quiet` only IDs; `--no-trunc` in full."""
    made = make_sandboxes(make_cli, workspaces, tiny, 2, clean_engine)
    newest_first = [identity for identity, _, _ in reversed(made)]
    cli.sandbox("ls", option).check(0, "".join(f"{identity[:12]}\n" for identity in newest_first), "")
    cli.sandbox("ls", option, "--no-trunc").check(0, "".join(f"{identity}\n" for identity in newest_first), "")
    cli.sandbox("rm", *cli.sandbox("ls", "-q").lines).check(0)
    cli.sandbox("ls", option).check(0, "", "")


def test_a_long_workspace_path_is_shortened_in_the_middle(cli, tiny, make_cli, test_directory, workspaces):
    """Long workspace paths shortened in the middle (`/home/user/.../my-project`)."""
    deep = test_directory
    for name in ("a-rather-long-directory-name", "another-rather-long-directory-name", "and-one-more-of-those"):
        deep = deep / name
        deep.mkdir(mode=0o755)
    workspace = workspaces("my-project", parent=deep)
    make_cli(workspace).sandbox("run", "-d", "-t", tiny, "claude").check()
    (short,) = rows(cli.sandbox("ls"))
    assert re.fullmatch(r"/.*/\.\.\./my-project", short["WORKSPACE"]), short
    assert len(short["WORKSPACE"]) < len(str(workspace))
    (full,) = rows(cli.sandbox("ls", "--no-trunc"))
    assert full["WORKSPACE"] == str(workspace)


def test_containers_that_are_no_sandboxes_are_not_listed(cli, tiny):
    """Containers without our labels are never touched; labels alone prove nothing."""
    cli.docker("create", "--name", "plain", tiny).check()
    cli.docker("create", "--name", "half", "--label", "docker/sandbox=true", tiny).check()
    cli.sandbox("ls").check(0, HEADER + "\n")
    cli.sandbox("ls", "-q").check(0, "")
    cli.docker("rm", "plain", "half").check()


@pytest.mark.not_on_podman("has no order of what was created within one second")
def test_ls_shows_the_newest_first_also_within_one_second(cli, tiny, workspaces):
    made = []
    for number in range(4):
        made.append(cli.sandbox("run", "-d", "-t", tiny, "-w", str(workspaces(f"w{number}")), "claude").check().last_line)
    for _ in range(3):
        assert cli.sandbox("ls", "-q", "--no-trunc").check().lines == made[::-1]

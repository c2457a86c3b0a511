# SPDX-License-Identifier: Apache-2.0
"""A sandbox keeps its first configuration: what a later run asks for and does not get is told, and --recreate applies it."""

import json

REMEDY = "--recreate"


def warnings(result):
    """The lines about differences, without the one that says what applies them; that one must follow them."""
    lines = [line for line in result.err.splitlines() if line.startswith("WARNING: ")]
    if not lines:
        return []
    assert REMEDY in lines[-1], result
    return lines[:-1]


def test_nothing_given_is_no_difference(cli, tiny, workspace):
    volume = workspace.parent / "data"
    volume.mkdir()
    cli.sandbox(
        "run", "-d", "-t", tiny, "-e", "A=1", "-v", f"{volume}:/data", "--credentials", "none", "--name", "mine", "claude"
    ).check()
    cli.sandbox("run", "claude").check(0, err="")
    cli.sandbox("run", "gemini").check(0, err="")


def test_the_same_written_otherwise_is_no_difference(cli, tiny, workspace):
    (workspace / "data").mkdir()
    cli.sandbox("run", "-d", "-t", tiny, "-e", "A=1", "-v", "./data:/data:ro", "claude").check()
    again = cli.sandbox(
        *("run", "-t", f"docker.io/{tiny}", "-e", "A", "-v", f"{workspace}/./data/:/x/../data/:readonly", "claude"),
        env={"A": "1"},
    )
    again.check(0, err="")


def test_each_difference_is_a_line_and_no_value_is_shown(cli, tiny, image, workspace):
    other = image(f"FROM {tiny}\nENV OTHER=1\n")
    for name in ("one", "two"):
        (workspace / name).mkdir()
    cli.sandbox("run", "-d", "-t", tiny, "-e", "CHANGED=old-secret", "-v", "./one:/one", "--name", "mine", "claude").check()
    told = cli.sandbox(
        *("run", "-q", "-t", other, "--name", "yours", "--credentials", "none", "--mount-docker-socket"),
        *("-e", "CHANGED=new-secret", "-e", "ADDED=add-secret", "-v", "./one:/one:ro", "-v", "./two:/two", "claude"),
    )
    told.check(0)
    lines = warnings(told)
    for word in ("CHANGED", "ADDED", '"/one"', '"/two"', "Docker socket", "credentials", other, "yours"):
        assert len([line for line in lines if word in line]) == 1, (word, lines)
    assert len(lines) == 8, told
    assert "secret" not in told.err, told


def test_a_new_image_behind_the_template_is_told(cli, tiny, image, clean_engine):
    reference = image(f"FROM {tiny}\nENV VERSION=1\n")
    before = clean_engine.image(reference)["Id"]
    cli.sandbox("run", "-d", "-t", reference, "claude").check()
    image(f"FROM {tiny}\nENV VERSION=2\n", tag=reference)
    (line,) = warnings(cli.sandbox("run", "claude").check())
    assert reference in line
    cli.sandbox("run", "--recreate", "-t", reference, "claude").check(0, err="")
    cli.sandbox("run", "claude").check(0, err="")
    clean_engine.sandbox()
    clean_engine.remove_image(before)


def test_recreate_applies_what_is_given_and_keeps_login_and_workspace(cli, tiny, clean_engine):
    first = cli.sandbox("run", "-d", "-t", tiny, "claude").check().last_line
    cli.sandbox("run", "claude", "sh", "echo login >/mnt/claude-data/login; echo file >file; touch /home/agent/gone").check()
    second = cli.sandbox("run", "-d", "--recreate", "-t", tiny, "-e", "A=1", "--name", "mine", "claude").check().last_line
    assert second != first
    assert clean_engine.sandbox()["Id"] == second
    seen = cli.sandbox("run", "-e", "A=1", "--name", "mine", "claude", "sh", "cat /mnt/claude-data/login file; ls /home/agent/gone")
    seen.check(1, "login\nfile\n")
    assert not warnings(seen), seen
    assert json.loads(cli.sandbox("inspect", "mine").check().out)[0]["env"] == ["A=1"]


def test_recreate_may_keep_the_name(cli, tiny, clean_engine):
    cli.sandbox("run", "-d", "-t", tiny, "--name", "mine", "claude").check()
    cli.sandbox("run", "-d", "--recreate", "-t", tiny, "--name", "mine", "claude").check()
    assert clean_engine.sandbox()["Name"] == "/mine"


def test_recreate_without_a_sandbox_makes_one(cli, tiny, clean_engine):
    cli.sandbox("run", "-d", "--recreate", "-t", tiny, "claude").check()
    clean_engine.sandbox()


def test_recreate_refuses_while_another_session_runs_unless_forced(cli, tiny, clean_engine):
    first = cli.sandbox("run", "-d", "-t", tiny, "claude").check().last_line
    session = cli.start_sandbox("run", "claude", "wait", "never")
    assert session.stdout.readline() == b"waiting\n"
    refused = cli.sandbox("run", "--recreate", "-t", tiny, "claude").check(125)
    assert "session" in refused.err and "--force" in refused.err, refused
    assert session.running()
    assert clean_engine.sandbox()["Id"] == first
    cli.sandbox("run", "--recreate", "--force", "-t", tiny, "claude").check()
    assert session.finish().code != 0
    assert clean_engine.sandbox()["Id"] != first


def test_recreate_keeps_the_old_one_when_the_new_one_cannot_be_made(cli, tiny, image, clean_engine):
    broken = image(f"FROM {tiny}\nENTRYPOINT [\"false\"]\n")
    first = cli.sandbox("run", "-d", "-t", tiny, "claude").check().last_line
    for arguments in (["-t", broken], ["-t", "sandbox-e2e/no-such-image", "--pull", "never"]):
        cli.sandbox("run", "--recreate", *arguments, "claude").check(125)
        assert clean_engine.sandbox()["Id"] == first
        assert clean_engine.state(first) == "running"


def test_recreate_keeps_the_old_one_when_the_name_is_taken(cli, tiny, workspaces, clean_engine):
    first = cli.sandbox("run", "-d", "-t", tiny, "claude").check().last_line
    other = cli.sandbox("run", "-d", "-t", tiny, "--name", "taken", "-w", str(workspaces("other")), "claude").check().last_line
    refused = cli.sandbox("run", "--recreate", "-t", tiny, "--name", "taken", "claude").check(125)
    assert "the name taken is taken by the sandbox of " in refused.err, refused
    assert {c["Id"] for c in clean_engine.sandboxes()} == {first, other}

# SPDX-License-Identifier: Apache-2.0
"""Templates of any make, and agents that are not in them."""

import re

import pytest


def test_a_template_without_the_agent_is_told_and_leaves_nothing(cli, tiny, image, clean_engine):
    """The "binary was not found" error with the sandbox's name, the template, the directories searched, and what to do; exit
    127. When this call created the sandbox, it is removed again."""
    without = image(f"FROM {tiny}\nUSER root\nRUN rm /usr/local/bin/claude\nUSER agent\n")
    failed = cli.sandbox("run", "--template", without, "--name", "lonely", "claude").check(127, "")
    lines = failed.err.splitlines()
    sentence = "The claude binary was not found in the sandbox; please check this is the correct sandbox for this agent."
    assert sentence in lines, failed
    rest = failed.err.split(sentence)[1]
    for part in ("lonely", without, "/usr/local/bin", "/bin"):
        assert part in rest, failed
    assert not clean_engine.containers()


def test_an_agent_that_is_missing_leaves_an_older_sandbox_alone(cli, tiny, image, clean_engine):
    """Otherwise the "binary was not found" error above says which agent the sandbox was made for."""
    only_claude = image(f"FROM {tiny}\nUSER root\nRUN rm /usr/local/bin/gemini\nUSER agent\n")
    identity = cli.sandbox("run", "-d", "-t", only_claude, "claude").check().last_line
    failed = cli.sandbox("run", "gemini").check(127, "")
    assert "The gemini binary was not found in the sandbox" in failed.err, failed
    assert re.search(r"made for.*claude", failed.err), failed
    assert clean_engine.sandbox()["Id"] == identity


def test_an_agent_that_cannot_be_executed_exits_126(cli, tiny, image):
    """126: the program exists in the sandbox but cannot be executed; nothing on stdout."""
    broken = image(f"FROM {tiny}\nUSER root\nRUN chmod 644 /usr/local/bin/claude\nUSER agent\n")
    failed = cli.sandbox("run", "-t", broken, "claude").check(126, "")
    assert "/usr/local/bin/claude" in failed.err, failed


def test_an_agent_in_a_per_user_place_is_found(cli, tiny, image):
    """The program is looked up in the image's PATH and in the usual per-user places (`~/.local/bin`)."""
    moved = image(
        f"FROM {tiny}\nUSER root\nRUN mkdir -p /home/agent/.local/bin && mv /usr/local/bin/claude /home/agent/.local/bin/"
        " && chown -R 1000:1000 /home/agent/.local\nUSER agent\n"
    )
    cli.sandbox("run", "-q", "-t", moved, "claude", "args", "x").check(0, "approval=[--dangerously-skip-permissions]\n[x]\n")


def test_an_agent_that_only_a_login_shell_finds_is_found(cli, tiny, image):
    """... and what a login shell would add."""
    moved = image(
        f"FROM {tiny}\nUSER root\nRUN mkdir -p /opt/tools && mv /usr/local/bin/claude /opt/tools/"
        " && echo 'PATH=/opt/tools:$PATH' >/etc/profile\nUSER agent\n"
    )
    cli.sandbox("run", "-q", "-t", moved, "claude", "args", "x").check(0, "approval=[--dangerously-skip-permissions]\n[x]\n")


def test_the_template_s_settings_are_respected(cli, tiny, image, clean_engine):
    """The template's ENTRYPOINT, ENV, USER, WORKDIR and labels are respected; the command is replaced by one that waits."""
    own = image(
        f"FROM {tiny}\nLABEL theirs=kept\nENV ALSO=here\nCOPY enter /enter\nENTRYPOINT [\"/enter\"]\nCMD [\"false\"]\n",
        files={"enter": b'#!/bin/sh\necho "$ALSO" >/tmp/entered\nexec "$@"\n'},
    )
    ran = cli.sandbox("run", "-q", "-t", own, "claude", "sh", "cat /tmp/entered; echo $ALSO $TEMPLATE_SAYS")
    ran.check(0, "here\nhere hello\n")
    assert clean_engine.sandbox()["Config"]["Labels"]["theirs"] == "kept"


@pytest.mark.parametrize("moment", ["at once", "after a while"])
def test_of_an_entrypoint_that_ends_the_last_words_are_told(cli, clean_engine, image, tiny, moment):
    pause = "" if moment == "at once" else "sleep 1; "
    template = image(f'FROM {tiny}\nENTRYPOINT ["/bin/sh", "-c", "{pause}echo no licence found >&2; exit 3"]\n')
    ran = cli.sandbox("run", "-t", template, "claude").check(125, "")
    assert "exit code 3" in ran.err and "no licence found" in ran.err, ran
    assert not clean_engine.containers()


@pytest.mark.parametrize("reference", ["", "lower/UPPER", "a b", "x:y:z", "name@sha256:12"], ids=repr)
def test_a_malformed_template_is_refused(cli, clean_engine, reference):
    """Bad input gets one clear sentence and 125."""
    failed = cli.sandbox("run", f"--template={reference}", "claude").check(125, "")
    assert len(failed.err.strip().splitlines()) == 1, failed
    words = ["invalid reference format"]
    if clean_engine.is_podman:
        words += ["parsing reference", "repository name must be lowercase"]
    assert any(reason in failed.err for reason in words), failed


def test_an_image_that_is_nowhere_is_told_with_the_engine_s_words(cli, clean_engine):
    """`--pull never`; and a pull that fails quotes the engine; nothing stays behind."""
    failed = cli.sandbox("run", "--pull", "never", "-t", "sandbox-e2e/none:1", "claude").check(125, "")
    assert "sandbox-e2e/none:1" in failed.err, failed
    failed = cli.sandbox("run", "-t", "127.0.0.1:1/sandbox-e2e/none:1", "claude").check(125, "")
    assert "Error response from daemon: " in failed.err, failed
    assert not clean_engine.containers()


def test_a_pull_policy_that_does_not_exist_is_refused(cli):
    failed = cli.sandbox("run", "--pull", "sometimes", "claude").check(125, "")
    assert all(word in failed.err for word in ("sometimes", "always", "missing", "never")), failed


def test_a_local_image_is_taken_without_a_registry(cli, tiny, image):
    """Local image first; `--pull never` with an image that is there."""
    cli.sandbox("run", "--pull", "never", "-t", tiny, "claude", "exit", "5").check(5)
    identity = image(f"FROM {tiny}\n")
    cli.sandbox("run", "--pull=missing", "-t", identity, "claude", "exit", "5").check(5)

# SPDX-License-Identifier: Apache-2.0
"""A docker configuration that cannot be used: one sentence, no word of the file, and the command goes on as docker's do."""

import os
import signal

import pytest
from support.waiting import eventually

SECRET = "c2VjcmV0OnBhc3N3b3Jk"


def file_of(cli):
    return os.path.join(cli.config, "config.json")


@pytest.mark.parametrize(
    "text",
    [
        f'{{"auths": {{"r": {{"auth": "{SECRET}"}}}}',
        f'["{SECRET}"]',
        f'{{"auths": "{SECRET}"}}',
        f'{{"proxies": {{"default": ["{SECRET}"]}}}}',
        f'{{"HttpHeaders": {{"X-A": {{"{SECRET}": 1}}}}}}',
    ],
    ids=["cut off", "a list", "a text for an object", "a list for an object", "an object for a text"],
)
def test_a_configuration_that_is_malformed_is_told_and_left_aside(cli, text):
    with open(file_of(cli), "w", encoding="ascii") as file:
        file.write(text)
    listed = cli.plugin("sandbox", "ls", "-q").check(0, "")
    assert listed.err.startswith(f"WARNING: Error parsing config file ({file_of(cli)}): "), listed
    assert listed.err.count("\n") == 1 and SECRET not in listed.err, listed


def test_under_the_docker_cli_it_is_told_once(each_cli):
    for text in ('{"auths": "text"}', '{"proxies": {"default": []}}', "{"):
        with open(file_of(each_cli), "w", encoding="ascii") as file:
            file.write(text)
        listed = each_cli.sandbox("ls", "-q").check(0, "")
        assert listed.err.count("WARNING: Error ") == 1, listed


def test_a_configuration_that_cannot_be_read_is_told_and_left_aside(make_cli, workspace):
    user = make_cli(workspace, uid=1000)
    user.write_config(currentContext="nowhere")
    os.chmod(file_of(user), 0)
    told = f"WARNING: Error loading config file: open {file_of(user)}: "
    listed = user.plugin("sandbox", "ls", "-q").check(0, "")
    assert listed.err.lower() == f"{told}permission denied\n".lower(), listed
    # The docker CLI itself says the same.
    assert told in user.docker("ps", "-q").check(0).err


def test_a_configuration_that_is_a_directory_is_told(cli):
    os.mkdir(file_of(cli))
    listed = cli.plugin("sandbox", "ls", "-q").check(0, "")
    assert listed.err.startswith("WARNING: Error loading config file: ") and listed.err.count("\n") == 1, listed


def test_a_credential_helper_that_is_not_there_is_named_and_the_pull_goes_on(cli):
    """Nothing listens at the registry: that the engine says so shows that it was asked."""
    cli.write_config(credsStore="sandbox-e2e-nosuch", auths={"127.0.0.1:1": {"auth": SECRET}})
    failed = cli.sandbox("run", "-t", "127.0.0.1:1/none:1", "claude").check(125, "")
    helper = [line for line in failed.err.splitlines() if "docker-credential-sandbox-e2e-nosuch" in line]
    assert len(helper) == 1 and helper[0].startswith("error getting credentials from "), failed
    assert "Error response from daemon: " in failed.err.splitlines()[-1], failed
    assert SECRET not in failed.err, failed


def test_a_helper_that_hangs_goes_with_the_call_that_is_interrupted(cli, test_directory):
    helper = test_directory / "docker-credential-hangs"
    asked = test_directory / "asked"
    helper.write_text(f"#!/bin/sh\ntrap '' INT TERM\n: >{asked}\nsleep 1000 & wait\n", encoding="ascii")
    helper.chmod(0o755)
    cli.write_config(credsStore="hangs")
    path = f"{test_directory}:{os.environ['PATH']}"
    call = cli.start([cli.plugin_path, "run", "-t", "127.0.0.1:1/none:1", "claude"], env={"PATH": path})
    eventually(asked.exists, what="the helper is asked")
    call.signal(signal.SIGINT)
    call.finish(b"").check(130, "")
    # That no process stays behind is checked after each test.

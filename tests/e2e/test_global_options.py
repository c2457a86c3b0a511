# SPDX-License-Identifier: Apache-2.0
"""docker's options in front of the word sandbox."""

import json
import os
import re

import pytest
from support.sentences import DOWN, cannot_connect


@pytest.mark.parametrize(
    "options", [["-H", DOWN], [f"-H={DOWN}"], [f"--host={DOWN}"], ["--host", DOWN], ["-D", "-H", DOWN]], ids=" ".join
)
def test_the_host_option_is_honoured(each_cli, options):
    """`-H/--host` in front of the word `sandbox`, as the docker CLI forwards it."""
    failed = each_cli.docker(*options, "sandbox", "ls").check(1, "")
    assert cannot_connect(DOWN) in failed.err, failed


@pytest.mark.parametrize("form", ["-c other", "--context other", "--context=other", "-cother"])
def test_the_context_option_is_honoured(each_cli, form):
    """`-c/--context`."""
    environment = {"DOCKER_HOST": None}
    each_cli.docker("context", "create", "other", "--docker", f"host={DOWN}", env=environment).check()
    failed = each_cli.docker(*form.split(), "sandbox", "ls", env=environment).check(1, "")
    assert cannot_connect(DOWN) in failed.err, failed


def test_the_context_in_use_is_honoured(each_cli, clean_engine):
    """`currentContext`; DOCKER_HOST overrides it."""
    environment = {"DOCKER_HOST": None}
    each_cli.docker(
        "context", "create", "here", "--docker", f"host={clean_engine.host}", env=environment
    ).check()
    each_cli.docker("context", "use", "here", env=environment).check()
    each_cli.sandbox("ls", env=environment).check(0, err="")
    assert cannot_connect(DOWN) in each_cli.sandbox("ls", env={"DOCKER_HOST": DOWN}).check(1, "").err


def test_the_config_option_is_honoured(each_cli, test_directory):
    """`--config`."""
    other = test_directory / "other-config"
    (other / "cli-plugins").mkdir(parents=True)
    os.symlink(each_cli.plugin_path, other / "cli-plugins" / "docker-sandbox")
    (other / "config.json").write_text(json.dumps({"currentContext": "nowhere"}))
    failed = each_cli.docker("--config", str(other), "sandbox", "ls", env={"DOCKER_HOST": None}).check(1, "")
    assert 'context "nowhere"' in failed.err, failed


@pytest.mark.parametrize(
    "words", [["-D", "sandbox", "ls"], ["--debug", "sandbox", "ls"], ["sandbox", "-D", "ls"], ["sandbox", "ls", "-D"]],
    ids=" ".join,
)
def test_debug_is_accepted_before_and_after_the_word(each_cli, words):
    """`-D/--debug`; also accepted after it. Logs go to stderr."""
    shown = each_cli.docker(*words).check(0)
    assert shown.out == each_cli.sandbox("ls").check(0, err="").out
    assert "engine: " in shown.err, shown


def test_debug_shows_the_plan_and_the_requests_and_no_secret(each_cli, tiny):
    """`--debug` shows what will be done, and each request to the engine with its time; values of variables are in none."""
    settings = {"API_TOKEN": "sk-taken-from-the-environment"}
    words = ("-t", tiny, "-e", "API_TOKEN", "-e", "PLAIN=given-on-the-line", "claude")
    shown = each_cli.docker("-D", "sandbox", "run", "-d", *words, env=settings).check(0)
    assert "plan: create" in shown.err, shown
    assert re.search(r"POST /v[\d.]+/containers/create\S* -> 201 \(\d+\.\d ms\)", shown.err), shown
    assert "sk-taken" not in shown.err and "given-on-the-line" not in shown.err, shown
    again = each_cli.docker("-D", "sandbox", "run", *words, env=settings).check(0)
    assert "plan: enter" in again.err and "sk-taken" not in again.err, again


def test_the_log_level_is_honoured(each_cli):
    """`-l/--log-level`."""
    assert each_cli.docker("-l", "debug", "sandbox", "ls").check().err
    each_cli.docker("--log-level", "fatal", "sandbox", "ls").check(0, err="")
    # The 28 CLI looks at the word itself, before it runs the plugin.
    refused = each_cli.docker("--log-level", "loud", "sandbox", "ls")
    assert refused.code != 0 and "Unable to parse logging level: loud" in refused.err, refused


def test_tls_options_are_honoured(each_cli, test_directory):
    """`--tls*`: the files are the ones that the options name."""
    missing = str(test_directory / "no-ca.pem")
    failed = each_cli.docker(
        "--tlsverify", "--tlscacert", missing, "-H", "tcp://127.0.0.1:1", "sandbox", "ls", env={"DOCKER_HOST": None}
    ).check(1, "")
    assert missing in failed.err, failed

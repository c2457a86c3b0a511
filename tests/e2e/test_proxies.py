# SPDX-License-Identifier: Apache-2.0
"""The proxies of the docker CLI's config.json: a sandbox has those that a container of `docker run` has."""

import json

PROXIES = {
    "httpProxy": "http://me:secret@proxy.example:3128",
    "httpsProxy": "http://proxy.example:3129",
    "noProxy": "localhost,.example",
    "ftpProxy": "http://proxy.example:3130",
}
OF_CONTAINERS = 'env | grep -i "_proxy=" | sort'


def of_docker(cli, tiny, *options, **call):
    return cli.docker("run", "--rm", *options, tiny, "sh", "-c", OF_CONTAINERS, **call).check(0, err="").out


def of_sandbox(cli, tiny, *options, **call):
    seen = cli.sandbox("run", "-q", "--recreate", *options, "-t", tiny, "claude", "sh", OF_CONTAINERS, **call)
    return seen.check(0, err="").out


def test_a_sandbox_has_the_proxies_of_a_container(each_cli, tiny, clean_engine):
    each_cli.write_config(proxies={"default": PROXIES})
    options = ["-e", "HTTP_PROXY=http://mine", "-e", "no_proxy=", "-e", "https_proxy"]
    told = of_docker(each_cli, tiny)
    assert told.count("\n") == 8
    assert of_sandbox(each_cli, tiny) == told
    # What an option names is the option's, in that spelling alone; without a value it is not there.
    changed = of_docker(each_cli, tiny, *options)
    assert "HTTP_PROXY=http://mine\n" in changed and "https_proxy" not in changed
    assert of_sandbox(each_cli, tiny, *options) == changed

    for host, count in ((clean_engine.host, 2), ("tcp://other:2375", 8)):
        each_cli.write_config(proxies={"default": PROXIES, host: {"httpProxy": "http://own"}})
        told = of_docker(each_cli, tiny)
        assert told.count("\n") == count
        assert of_sandbox(each_cli, tiny) == told


def test_a_file_of_variables_counts_for_more(cli, tiny, workspace):
    cli.write_config(proxies={"default": PROXIES})
    file = workspace / "variables"
    file.write_text("HTTP_PROXY=http://of-the-file\n", encoding="ascii")
    assert "HTTP_PROXY=http://of-the-file\n" in of_sandbox(cli, tiny, "--env-file", str(file))


def test_no_password_is_shown_and_changed_proxies_are_told(cli, tiny, clean_engine):
    cli.write_config(proxies={"default": PROXIES})
    made = cli.sandbox("--debug", "run", "-d", "-t", tiny, "-e", "ftp_proxy=", "--name", "mine", "claude").check()
    assert "secret" not in made.out + made.err, made
    container = clean_engine.sandbox()
    assert "HTTP_PROXY=http://me:secret@proxy.example:3128" in container["Config"]["Env"]
    assert "secret" not in json.dumps(container["Config"]["Labels"])
    assert "secret" not in cli.sandbox("inspect", "mine").check().out
    cli.sandbox("run", "claude").check(0, err="")

    cli.write_config(proxies={"default": {"httpProxy": "http://me:other-secret@proxy.example:3128"}})
    told = cli.sandbox("run", "claude").check().err.splitlines()
    assert len(told) == 2 and "--recreate" in told[1], told
    assert told[0] == "WARNING: not applied: the proxies of the docker CLI's config.json; the sandbox has others"
    cli.sandbox("run", "--recreate", "-t", tiny, "claude").check(0, err="")
    cli.sandbox("run", "claude").check(0, err="")
    # As with all that a run does not ask for.
    cli.write_config()
    cli.sandbox("run", "claude").check(0, err="")

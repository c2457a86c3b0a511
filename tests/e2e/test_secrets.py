# SPDX-License-Identifier: Apache-2.0
"""Secrets, given in every way that there is, are where they belong and nowhere else: on no command line, in no label, no
message, no log and no file of ours."""

import base64
import json
import os
import pathlib
import threading

import pytest
from support.logins import Home
from support.waiting import eventually

SECRET = "s3cr3t"
# As it is, and in base64, where it looks different behind one, two and three bytes; its last letters depend on what follows.
FORMS = [SECRET] + [base64.b64encode(b"x" * n + SECRET.encode()).decode().rstrip("=")[skip:-1] for n, skip in ((0, 0), (1, 2), (2, 3))]


def has_secret(text):
    return any(form in text for form in FORMS)


def nothing_told(*results):
    for result in results:
        assert not has_secret(result.out + result.err), result
    return results[-1]


def files_with_secrets(*places):
    found = []
    for place in places:
        for directory, _, names in os.walk(place):
            for name in names:
                path = pathlib.Path(directory, name)
                if path.is_file() and not path.is_symlink() and has_secret(path.read_bytes().decode("latin-1")):
                    found.append(path)
    return sorted(found)


class CommandLines:
    """Looks at the command lines of all processes of this machine, again and again; the engine's containers have theirs here,
    too."""

    def __init__(self):
        self.found = set()
        self.looks = 0
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._end.set()
        self._thread.join()

    def _watch(self):
        while not self._end.is_set():
            for name in os.listdir("/proc"):
                if name.isdigit():
                    try:
                        line = pathlib.Path("/proc", name, "cmdline").read_bytes().decode("latin-1")
                    except OSError:
                        continue
                    if has_secret(line):
                        self.found.add(line)
            self.looks += 1
            self._end.wait(0.002)


# What runs inside while other commands do: looks at the command lines there. The patterns are in a file, since a command
# line that has them would be found. One is no secret: that it is found shows that the others would be.
DECOY = "a-word-to-be-found"
LOOK_INSIDE = (
    "echo begun >looking; until [ -e enough ]; do"
    " for f in /proc/[0-9]*/cmdline; do if grep -q -f patterns $f 2>/dev/null; then tr '\\0' ' ' <$f >>found; fi; done; done; echo ended"
)


@pytest.fixture
def lender(make_cli, workspace, test_directory):
    """A user with secrets in the home, in config.json, in a file of variables and in the environment."""
    cli = make_cli(workspace, uid=1000)
    home = Home(test_directory / "home")
    for name in home.names():
        if (home.path / name).is_file():
            home.write(name, f"{SECRET}-of-the-home\n")
    cli.env["HOME"] = str(home.path)
    temporary = test_directory / "temporary"
    temporary.mkdir()
    os.chown(temporary, 1000, 1000)
    cli.env["TMPDIR"] = str(temporary)
    proxies = {"httpProxy": f"http://me:{SECRET}-proxy@proxy.example:1", "noProxy": f"{SECRET}.example"}
    cli.write_config(
        proxies={"default": proxies},
        HttpHeaders={"X-Meta-Token": f"{SECRET}-header"},
        auths={"127.0.0.1:1": {"auth": base64.b64encode(f"me:{SECRET}-auth".encode()).decode()}},
    )
    (test_directory / "variables").write_text(f"OF_FILE={SECRET}-of-file\nAPI_TOKEN={SECRET}-token\n")
    cli.env["COPIED"] = f"{SECRET}-copied"
    return cli


def test_secrets_are_nowhere_but_where_they_belong(lender, tiny, clean_engine, workspace, test_directory):
    cli = lender
    (workspace / "patterns").write_text("\n".join([DECOY, *FORMS]) + "\n")
    given = ("--credentials", "host", "--env-file", str(test_directory / "variables"), "-e", "COPIED")
    before = files_with_secrets(test_directory)
    with CommandLines() as lines:
        made = nothing_told(cli.sandbox("--debug", "run", "-d", "-t", tiny, "--name", "box", *given, "claude").check())
        nothing_told(cli.sandbox("--debug", "run", "-d", "claude", "sh", LOOK_INSIDE).check())
        eventually(lambda: (workspace / "looking").exists(), what="it looks at the command lines inside")
        cli.sandbox("exec", "box", "sh", "-c", "until [ -s found ]; do sleep 0.05; done", DECOY).check()
        # Each variable has arrived; that it is an agent's own output is no leak.
        seen = cli.sandbox("run", *given, "claude", "sh", 'echo "$OF_FILE $COPIED $API_TOKEN $HTTP_PROXY"').check()
        assert seen.out.count(SECRET) == 4, seen
        nothing_told(
            cli.sandbox("--debug", "run", *given, "claude", "exit", "0").check(),
            # Other values than the sandbox has: a line each, without them.
            cli.sandbox("--debug", "run", "-e", "COPIED", "claude", "exit", "0", env={"COPIED": f"{SECRET}-other"}).check(),
            cli.sandbox("--debug", "exec", "-e", "COPIED", "box", "true").check(),
            cli.sandbox("--debug", "exec", "-e", "COPIED", "box", "no-such-program").check(127),
            cli.sandbox("--debug", "create", *given, "claude").check(),
            cli.sandbox("--debug", "ls", "--format", "json").check(),
            cli.sandbox("--debug", "prune", "--dry-run").check(),
            cli.sandbox("--debug", "logs", "box").check(),
            cli.sandbox("--debug", "stop", "no-such").check(1),
        )
        inspected = cli.sandbox("--debug", "inspect", "box").check()
        shown = json.loads(inspected.out)[0]
        # A variable's name says whether it is a secret.
        env = dict(variable.split("=", 1) for variable in shown["env"])
        assert not has_secret(inspected.err) and not has_secret(env["API_TOKEN"]), shown
        assert env["OF_FILE"] == f"{SECRET}-of-file"
        (workspace / "enough").touch()
        nothing_told(cli.sandbox("--debug", "wait", "box").check(0), cli.sandbox("--debug", "logs", "-f", "box").check())
        container = clean_engine.inspect("box")
        nothing_told(cli.sandbox("--debug", "run", "--recreate", "-t", tiny, *given, "claude", "exit", "0").check())
        nothing_told(cli.sandbox("--debug", "stop", ".").check())
        nothing_told(cli.sandbox("--debug", "prune", "-f").check())
    assert lines.looks > 20
    assert not lines.found
    inside = (workspace / "found").read_text()
    assert DECOY in inside and not has_secret(inside), inside
    environment = container["Config"].pop("Env")
    assert sum(has_secret(variable) for variable in environment) >= 5  # as with docker
    assert not has_secret(json.dumps(container))
    assert files_with_secrets(test_directory) == before
    assert not has_secret(made.err)


def test_a_secret_typed_for_another_generation_is_not_repeated(cli):
    """Its `secret set` takes the value on the command line."""
    nothing_told(
        cli.sandbox("secret", "set", "TOKEN", f"{SECRET}-typed").check(1),
        cli.sandbox("run", "--token", f"{SECRET}-typed", "claude").check(125),
        cli.sandbox("run", "-e", f"={SECRET}-typed", "claude").check(125),
    )


def test_a_value_on_the_command_line_is_on_the_users_own_only(lender, tiny, clean_engine):
    cli = lender
    with CommandLines() as lines:
        made = cli.sandbox("--debug", "run", "-d", "-t", tiny, "-e", f"GIVEN_KEY={SECRET}-given", "claude").check()
        ran = cli.sandbox("--debug", "run", "-e", f"GIVEN_KEY={SECRET}-changed", "claude", "exit", "0").check()
    nothing_told(made, ran)
    assert "GIVEN_KEY" in ran.err  # the difference is told
    assert lines.found
    for line in lines.found:
        assert line.split("\0")[0] in (cli.docker_path, cli.plugin_path) or line.split("\0")[0].endswith("/docker-sandbox"), line
    assert not has_secret(json.dumps(clean_engine.sandbox()["Config"]["Labels"]))


HELPER = """#!/bin/sh
cat >/dev/null
printf '{"ServerURL":"127.0.0.1:1","Username":"%s","Secret":"s3cr3t-of-helper"}' "$HELPER_USER"
"""


@pytest.mark.parametrize("user", ["me", "<token>"])
@pytest.mark.parametrize("how", ["auths", "auths_token", "credsStore", "credHelpers", "variable"])
def test_a_registry_login_is_in_no_message_of_a_pull_that_fails(lender, test_directory, how, user):
    cli = lender
    programs = test_directory / "programs"
    programs.mkdir()
    (programs / "docker-credential-e2e").write_text(HELPER)
    (programs / "docker-credential-e2e").chmod(0o755)
    encoded = base64.b64encode(f"{user}:{SECRET}-auth".encode()).decode()
    entry = {"127.0.0.1:1": {"auth": encoded}}
    config = {
        "auths": {"auths": entry},
        "auths_token": {"auths": {"127.0.0.1:1": {"identitytoken": f"{SECRET}-identity", "registrytoken": f"{SECRET}-r"}}},
        "credsStore": {"credsStore": "e2e"},
        "credHelpers": {"credHelpers": {"127.0.0.1:1": "e2e"}},
        "variable": {},
    }[how]
    cli.write_config(**config)
    env = {"PATH": f"{programs}:{os.environ['PATH']}", "HELPER_USER": user}
    if how == "variable":
        env["DOCKER_AUTH_CONFIG"] = json.dumps({"auths": entry})
    with CommandLines() as lines:
        failed = cli.sandbox("--debug", "run", "-d", "-t", "127.0.0.1:1/no/such:1", "claude", env=env)
    nothing_told(failed.check(125, ""))
    assert "127.0.0.1:1" in failed.err, failed
    assert not lines.found


def test_a_login_in_the_volume_stays_there(make_cli, workspace, tiny, clean_engine, test_directory):
    cli = make_cli(workspace)
    save = "cat >/mnt/claude-data/.credentials.json; cat /mnt/claude-data/.credentials.json | wc -c"
    secret = json.dumps({"claudeAiOauth": {"accessToken": f"{SECRET}-token"}}).encode()
    with CommandLines() as lines:
        saved = cli.sandbox("--debug", "run", "-t", tiny, "claude", "sh", save, data=secret).check()
        again = cli.sandbox("--debug", "run", "--recreate", "-t", tiny, "claude", "exit", "0").check()
        shown = cli.sandbox("--debug", "inspect", ".").check()
    nothing_told(saved, again, shown)
    assert not lines.found
    assert not has_secret(json.dumps(clean_engine.inspect(clean_engine.sandbox()["Id"])))
    assert not files_with_secrets(test_directory)

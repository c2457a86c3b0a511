# SPDX-License-Identifier: Apache-2.0
"""Which engine is asked, and with which headers: a table of questions to the docker CLI and to the plugin under it, whose
answers must be the same. Where versions of the docker CLI differ, the newer one's rule is the plugin's.

The words of the table name engines that only remember what they were asked: {a}, {b} and {c} are unix sockets, {tcp} and
{tls} ports; the contexts at-a, at-b and at-tls lead there. {certs} has the files for {tls}, {wrong} those of another authority, and
{files} is the directory of all this."""

import contextlib
import os
import re
import shutil

import pytest
from support import certificates
from support.recording_server import RecordingServer

CLI = re.compile(r"Docker-Client/")

# In the place of ssh: notes where it was to go, and goes to {a}.
SSH = """#!/bin/sh
echo "$*" >>{log}
exec socat - UNIX-CONNECT:{socket}
"""


class Question:
    def __init__(self, name, options=(), env=None, config=None, *, told=None, since=0):
        """`told` is what both say when there is no answer; `since` is the first docker CLI that has the rule."""
        self.name = name
        self.options = options
        self.env = env or {}
        self.config = config or {}
        self.told = told
        self.since = since


VERIFY = ("--tlsverify", "--tlscacert", "{certs}/ca.pem", "--tlscert", "{certs}/cert.pem", "--tlskey", "{certs}/key.pem")
NOT_FOUND = 'context "nosuch"'
IN_USE = {"currentContext": "at-b"}
HEADERS = {"HttpHeaders": {"X-Meta-A": "1", "x-meta-b": "two, three", "User-Agent": "me"}}

QUESTIONS = [
    # The order of the sources.
    Question("a host as an option", ("-H", "{a}")),
    Question("a host as a long option", ("--host={a}",)),
    Question("a host without a blank", ("-H{a}",)),
    Question("DOCKER_HOST", env={"DOCKER_HOST": "{a}"}),
    Question("DOCKER_HOST between blanks", env={"DOCKER_HOST": "  {a} "}),
    Question("an option over DOCKER_HOST", ("-H", "{b}"), {"DOCKER_HOST": "{a}"}),
    Question("a context as an option", ("--context", "at-a")),
    Question("a context as a short option", ("-c", "at-a")),
    Question("a context over DOCKER_HOST", ("--context", "at-a"), {"DOCKER_HOST": "{b}"}),
    Question("a context over DOCKER_CONTEXT", ("--context", "at-a"), {"DOCKER_CONTEXT": "at-b"}),
    Question("the default context is DOCKER_HOST", ("--context", "default"), {"DOCKER_HOST": "{c}"}, IN_USE),
    Question("DOCKER_CONTEXT", env={"DOCKER_CONTEXT": "at-a"}, config=IN_USE),
    Question("DOCKER_HOST over DOCKER_CONTEXT", env={"DOCKER_HOST": "{c}", "DOCKER_CONTEXT": "at-a"}),
    Question("DOCKER_HOST over a context that is not there", env={"DOCKER_HOST": "{c}", "DOCKER_CONTEXT": "nosuch"}),
    Question("the context in use", config=IN_USE),
    Question("DOCKER_HOST over the context in use", env={"DOCKER_HOST": "{c}"}, config=IN_USE),
    Question("an option over the context in use", ("-H", "{c}"), config=IN_USE),
    Question("an empty context option", ("--context", ""), {"DOCKER_CONTEXT": "at-a"}),
    Question("empty variables", env={"DOCKER_HOST": "", "DOCKER_CONTEXT": ""}, config=IN_USE, since=23),
    Question("another configuration by the option", ("--config", "{files}/other")),
    Question("another configuration by the variable", env={"DOCKER_CONFIG": "{files}/other"}),
    Question("the option over the variable", ("--config", "{files}/other"), {"DOCKER_CONFIG": "{files}/nosuch"}),
    # What is refused.
    Question("both options", ("-H", "{a}", "--context", "at-a"), told="conflicting options: "),
    Question("two hosts", ("-H", "{a}", "-H", "{b}"), told="specify only one -H"),
    Question("no such context", ("--context", "nosuch"), told=NOT_FOUND),
    Question("no such context in DOCKER_CONTEXT", env={"DOCKER_CONTEXT": "nosuch"}, told=NOT_FOUND),
    Question("no such context in use", config={"currentContext": "nosuch"}, told=NOT_FOUND),
    Question("an unknown kind of address", ("-H", "foo://x"), told="invalid bind address format: foo://x"),
    Question("a port that is none", ("-H", "tcp://127.0.0.1:port"), told="127.0.0.1:port"),
    Question("a password for ssh", ("-H", "ssh://me:you@box"), told="plain-text password is not supported"),
    Question("nobody at the socket", ("-H", "unix://{files}/none"), told="Cannot connect to the Docker daemon at unix://{files}/none."),
    # Over tcp, and with TLS.
    Question("tcp", ("-H", "{tcp}")),
    Question("no kind is tcp", ("-H", "{tcp_address}")),
    Question("tcp with a path", ("-H", "{tcp}/some/base")),
    Question("TLS by options", ("-H", "{tls}", *VERIFY)),
    Question("TLS by variables", env={"DOCKER_HOST": "{tls}", "DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": "{certs}"}),
    Question("TLS by a 0", env={"DOCKER_HOST": "{tls}", "DOCKER_TLS_VERIFY": "0", "DOCKER_CERT_PATH": "{certs}"}),
    Question("TLS by an empty variable", env={"DOCKER_HOST": "{tcp}", "DOCKER_TLS_VERIFY": "", "DOCKER_CERT_PATH": "{certs}"}),
    Question("TLS by an option, files by the variable", ("-H", "{tls}", "--tlsverify"), {"DOCKER_CERT_PATH": "{certs}"}),
    Question("TLS without verification", ("-H", "{tls}", "--tls"), {"DOCKER_CERT_PATH": "{wrong}"}),
    Question("TLS with another authority", ("-H", "{tls}", "--tlsverify"), {"DOCKER_CERT_PATH": "{wrong}"}, told="certificate"),
    Question("TLS without files", ("-H", "{tls}", "--tlsverify"), {"DOCKER_CERT_PATH": "{files}/none"}, told="{files}/none/ca.pem"),
    Question("TLS of a context", ("--context", "at-tls")),
    Question("a context has TLS of its own", ("--context", "at-tls"), {"DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": "{wrong}"}),
    Question("a socket has no TLS", ("-H", "{a}"), {"DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": "{certs}"}, since=23),
    # Over ssh.
    Question("ssh", ("-H", "ssh://box")),
    Question("ssh with user and port", env={"DOCKER_HOST": "ssh://me@box:2222"}),
    # What is sent.
    Question("an older API", ("-H", "{a}"), {"DOCKER_API_VERSION": "1.42"}),
    Question("headers of the configuration", ("-H", "{a}"), config=HEADERS),
    Question("headers over tcp", ("-H", "{tcp}"), config=HEADERS),
    Question("headers over TLS", ("--context", "at-tls"), config=HEADERS),
    Question(
        "headers of the variable", ("-H", "{a}"), {"DOCKER_CUSTOM_HEADERS": 'X-C=3,"X-D=4,5"'}, HEADERS, since=28
    ),
]


class Scene:
    """The engines, and the ssh that leads to one of them."""

    def __init__(self, directory, servers, words):
        self._directory = directory
        self._servers = servers
        self._words = words
        self.ssh_log = directory / "ssh.log"
        self.tools = directory / "tools"
        self.tools.mkdir()
        fake = self.tools / "ssh"
        fake.write_text(SSH.format(log=self.ssh_log, socket=directory / "a.sock"), encoding="ascii")
        fake.chmod(0o755)

    def text(self, template):
        return template.format(**self._words)

    def forget(self):
        self.ssh_log.write_bytes(b"")
        for server in self._servers.values():
            server.asked.clear()

    def lists(self, by_docker, with_version):
        """The lists of containers that were asked for, by the docker CLI or by another program."""
        return [
            (name, path if with_version else re.sub(r"/v1\.\d+/", "/", path), headers)
            for name, server in self._servers.items()
            for agent, path, headers in server.asked
            if path.endswith("/containers/json") and bool(CLI.match(agent)) == by_docker
        ]

    def ways(self):
        """Where ssh was to go, each once: the options that every user could have in a file of ssh's own are left out."""
        found = set()
        for line in self.ssh_log.read_text(encoding="ascii").splitlines():
            words = re.sub(r"-o \S+ ", "", line + " ").split()
            found.add(" ".join(word for word in words if word not in ("-T", "--")))
        return found


@pytest.fixture(scope="module")
def scene(session_directory):
    directory = session_directory / "endpoints"
    directory.mkdir()
    for name in ("authority", "foreign"):
        certificates.make_authority(directory / name)
        certificates.make_certificate(directory / name, "client")
    authority = directory / "authority"
    certificates.make_certificate(authority, "server")
    certs = certificates.make_cert_path(directory / "certs", authority, "client")
    wrong = certificates.make_cert_path(directory / "wrong", directory / "foreign", "client")
    with contextlib.ExitStack() as running:
        servers = {name: running.enter_context(RecordingServer(directory / f"{name}.sock")) for name in "abc"}
        servers["tcp"] = running.enter_context(RecordingServer())
        servers["tls"] = running.enter_context(
            RecordingServer(certificate=authority / "server-cert.pem", key=authority / "server-key.pem")
        )
        words = {name: server.address for name, server in servers.items()}
        words["tcp_address"] = words["tcp"].partition("://")[2]
        yield Scene(directory, servers, {**words, "certs": certs, "wrong": wrong, "files": directory})
    shutil.rmtree(directory)


def make_contexts(user, scene):
    """By the docker CLI itself, once; users get copies."""
    other = os.path.join(scene.text("{files}"), "other")
    if not os.path.exists(other):
        plain = {"DOCKER_HOST": None}
        for name, endpoint in {
            "at-a": "host={a}",
            "at-b": "host={b}",
            "at-tls": "host={tls},ca={certs}/ca.pem,cert={certs}/cert.pem,key={certs}/key.pem",
        }.items():
            user.docker("context", "create", name, "--docker", scene.text(endpoint), env=plain).check()
        shutil.copytree(user.config, other, symlinks=True)
        with open(os.path.join(other, "config.json"), "w", encoding="ascii") as file:
            file.write('{"currentContext": "at-a"}')
    shutil.copytree(os.path.join(other, "contexts"), os.path.join(user.config, "contexts"), dirs_exist_ok=True)


def version_of(user):
    return int(re.search(r"version (\d+)", user.docker("--version").check().out)[1])


def ask(user, scene, question):
    """Asserts that both give the same answer to one question."""
    user.write_config(**question.config)
    options = [scene.text(word) for word in question.options]
    env = {"DOCKER_HOST": None, "PATH": f"{scene.tools}:{os.environ['PATH']}"}
    env.update({name: scene.text(value) for name, value in question.env.items()})
    # Without a version that is asked for, the plugin saves itself the question for the engine's.
    pinned = "DOCKER_API_VERSION" in env
    scene.forget()
    theirs = user.docker(*options, "ps", "-q", env=env)
    asked, ways = scene.lists(True, pinned), scene.ways()
    scene.forget()
    ours = user.docker(*options, "sandbox", "ls", "-q", env=env)
    assert scene.lists(False, pinned) == asked
    if question.told:
        # Sentences began with a capital letter in some versions.
        told = scene.text(question.told).lower()
        assert not asked
        assert theirs.code != 0 and told in theirs.err.lower(), theirs
        ours.check(1, "")
        assert told in ours.err.lower() and ours.err.count("\n") == 1, ours
    else:
        assert len(asked) == 1, theirs
        theirs.check(0, "")
        ours.check(0, "", "")
        assert scene.ways() == ways


def test_the_engine_is_the_one_of_the_docker_cli(each_cli, scene):
    make_contexts(each_cli, scene)
    version = version_of(each_cli)
    failures = []
    for question in QUESTIONS:
        if version >= question.since:
            try:
                ask(each_cli, scene, question)
            except AssertionError as failure:
                failures.append(f"{question.name}: {failure}")
    assert not failures, "\n".join(failures)

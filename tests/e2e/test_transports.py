# SPDX-License-Identifier: Apache-2.0
"""Engines that are reached over tcp, TLS and ssh: the same commands and sessions as over a unix socket."""

import contextlib
import os
import signal
import socket
import threading

import pytest
from support import certificates, leftovers
from support.inside import PORT, tls_arguments, user_of
from support.waiting import eventually


def check_sessions(user, tiny):
    """What a user does: create, join, pipe bytes both ways with half close, a terminal with size and keys, exit codes, remove."""
    user.sandbox("run", "-q", "-t", tiny, "claude", "args", "a b").check(
        0, "approval=[--dangerously-skip-permissions]\n[a b]\n", ""
    )
    user.sandbox("run", "-q", "claude", "exit", "7").check(7, "", "")
    user.sandbox("run", "-q", "claude", "streams").check(0, "to-stdout\n", "to-stderr\n")
    every_byte = bytes(range(256)) * 4096
    assert user.sandbox("run", "-q", "claude", "cat", data=every_byte).check().stdout_bytes == every_byte
    terminal = user.sandbox_terminal("run", "claude", "size", rows=31, columns=97)
    terminal.wait_for("31 97")
    terminal.resize(20, 60)
    terminal.wait_for("20 60")
    terminal.send("\r")
    assert terminal.finish() == 0, terminal
    assert len(user.sandbox("ls", "-q").check(0, err="").lines) == 1
    user.sandbox("rm", ".").check(0, ".\n", "")


def test_sessions_are_the_same_over_tcp(own_dockerd, make_cli, workspace, tiny):
    own = own_dockerd("--host", f"tcp://127.0.0.1:{PORT}", "--tls=false")
    check_sessions(user_of(own, make_cli, workspace, tiny, f"tcp://127.0.0.1:{PORT}"), tiny)


def test_sessions_are_the_same_over_tls_of_the_environment_or_of_a_context(own_dockerd, make_cli, workspace, tiny, authority, test_directory):
    own = own_dockerd(*tls_arguments(authority))
    good = certificates.make_cert_path(test_directory / "good", authority, "client")
    with_tls = {"DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": str(good)}
    user = user_of(own, make_cli, workspace, tiny, f"tcp://127.0.0.1:{PORT}", with_tls)
    check_sessions(user, tiny)

    # The name of the certificate counts, too.
    user.sandbox("ls", "-q", env={"DOCKER_HOST": f"tcp://localhost:{PORT}"}).check(0, "", "")

    endpoint = f"host=tcp://127.0.0.1:{PORT},ca={good}/ca.pem,cert={good}/cert.pem,key={good}/key.pem"
    user.docker("context", "create", "far", "--docker", endpoint).check()
    plain = {"DOCKER_HOST": None, "DOCKER_TLS_VERIFY": None, "DOCKER_CERT_PATH": None}
    user.docker("--context", "far", "sandbox", "ls", "-q", env=plain).check(0, "", "")
    user.docker("--context", "far", "sandbox", "ls", "-q", env={**plain, "DOCKER_HOST": "unix:///nope"}).check(0, "", "")


def test_tls_that_cannot_be_trusted_is_told(own_dockerd, make_cli, workspace, tiny, authority, test_directory):
    own = own_dockerd(*tls_arguments(authority))
    user = user_of(own, make_cli, workspace, tiny, f"tcp://127.0.0.1:{PORT}", {"DOCKER_TLS_VERIFY": "1"})
    host = f"tcp://127.0.0.1:{PORT}"

    other = test_directory / "other"
    certificates.make_authority(other)
    certificates.make_certificate(other, "client")
    wrong_ca = certificates.make_cert_path(test_directory / "wrong", other, "client")
    ran = user.sandbox("ls", env={"DOCKER_CERT_PATH": str(wrong_ca)}).check(1, "")
    assert ran.err.startswith(f"the certificate of the engine at {host} cannot be trusted: "), ran
    assert ran.err.count("\n") == 1, ran

    nobody = certificates.make_cert_path(test_directory / "nobody", authority)
    ran = user.sandbox("ls", env={"DOCKER_CERT_PATH": str(nobody)}).check(1, "")
    # What the alert is called differs between versions of the engine.
    start = f"the engine at {host} refused the TLS connection: "
    assert ran.err in (f"{start}bad certificate\n", f"{start}certificate required\n"), ran

    broken = certificates.make_cert_path(test_directory / "broken", authority, "client")
    (broken / "cert.pem").write_text("no certificate", encoding="ascii")
    ran = user.sandbox("ls", env={"DOCKER_CERT_PATH": str(broken)}).check(1, "")
    assert ran.err.startswith(f"cannot use the TLS certificate {broken}/cert.pem"), ran


@pytest.mark.parametrize(
    ("names", "expired", "reason"),
    [
        ("IP:127.0.0.1", True, "certificate has expired"),
        ("IP:127.0.0.9", False, "IP address mismatch"),
    ],
    ids=["expired", "another address"],
)
def test_a_certificate_that_does_not_fit_is_told(
    own_dockerd, make_cli, workspace, tiny, authority, test_directory, names, expired, reason
):
    certificates.make_certificate(authority, "server", names, name="odd", expired=expired)
    own = own_dockerd(*tls_arguments(authority, "odd"))
    good = certificates.make_cert_path(test_directory / "good", authority, "client")
    env = {"DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": str(good)}
    user = user_of(own, make_cli, workspace, tiny, f"tcp://127.0.0.1:{PORT}", env)
    ran = user.sandbox("ls").check(1, "")
    assert ran.err == f"the certificate of the engine at tcp://127.0.0.1:{PORT} cannot be trusted: {reason}\n"


# -- ssh ------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def ssh(clean_engine, start_sshd):
    return start_sshd(clean_engine.host)


@pytest.fixture
def far(cli, ssh):
    """A user who reaches the engine through ssh."""
    cli.env.update(ssh.environment())
    return cli


def test_sessions_are_the_same_over_ssh(far, tiny):
    check_sessions(far, tiny)


def test_no_ssh_outlives_the_command(far, tiny, marker, workspace):
    far.sandbox("run", "-d", "-t", tiny, "claude").check()
    process = far.start([far.plugin_path, "run", "-q", "claude", "sh", "echo >ready; exec sleep 1000"])
    eventually((workspace / "ready").exists, what="the session runs")
    process.signal(signal.SIGKILL)
    process.finish()

    def ours():
        return [words for words in leftovers.processes(marker).values() if "dial-stdio" in words and "ssh" in words]

    eventually(lambda: not ours(), what="no ssh is left")
    # Its other end lives as long as the program in the sandbox: docker's dial-stdio hears only of the end of input.
    far.sandbox("rm", ".").check()
    eventually(lambda: not leftovers.processes(marker), what="the other end is gone")


def test_a_dropped_ssh_takes_the_agent_along(far, tiny, marker, clean_engine):
    far.sandbox("run", "-d", "-t", tiny, "claude").check()
    process = far.start([far.plugin_path, "run", "-q", "claude", "sh", "echo ready; exec sleep 1001"])
    assert process.stdout.readline() == b"ready\n"

    def inside():
        return "\n".join(clean_engine.processes(clean_engine.sandbox()["Id"]))

    eventually(lambda: "docker-sandbox-watch" in inside(), what="the session is watched over")
    seen = leftovers.processes(marker)
    ours = [number for number, words in seen.items() if "dial-stdio" in words and "ssh" in words]
    assert ours, seen
    for number in ours:
        os.kill(number, signal.SIGKILL)
    # The watch's connection may be the first to go: then the program's end is still heard of.
    assert process.finish(b"").code in (125, 143)
    eventually(lambda: "sleep 1001" not in inside(), what="the agent is gone")
    eventually(lambda: not leftovers.processes(marker), what="no ssh is left")


def test_what_ssh_says_is_passed_on(far, ssh):
    ssh.use_key("other_key")
    ran = far.sandbox("ls").check(1, "")
    assert ran.err.startswith(f"cannot reach the engine at {ssh.host}: ssh ended with status 255: "), ran
    assert "Permission denied (publickey)" in ran.err, ran
    ran = far.sandbox("run", "claude").check(125, "")
    assert "Permission denied (publickey)" in ran.err, ran


def test_a_host_without_docker_is_told(far, ssh):
    script = ssh.bin / "ssh"
    script.write_text("#!/bin/sh\necho 'sh: docker: not found' >&2\nexit 127\n", encoding="ascii")
    far.sandbox("ls").check(
        1, "", f"cannot reach the engine at {ssh.host}: ssh ended with status 127: sh: docker: not found\n"
    )


def test_the_words_for_ssh_are_the_docker_clis(far, ssh, test_directory):
    log = test_directory / "words"
    script = ssh.bin / "ssh"
    script.write_text(f'#!/bin/sh\nprintf "[%s]" "$@" >>{log}\necho >>{log}\nexit 1\n', encoding="ascii")
    for host in ("ssh://me@there:2222", "ssh://there", "ssh://there/run/x.sock"):
        far.docker("version", env={"DOCKER_HOST": host})
        asked_by_docker = log.read_text(encoding="utf-8").splitlines()[0]
        log.unlink()
        far.sandbox("ls", env={"DOCKER_HOST": host}).check(1, "")
        ours = log.read_text(encoding="utf-8").splitlines()[0]
        log.unlink()
        if host.endswith("/x.sock"):
            # The way in which the socket's path is given differs between versions of the docker CLI.
            assert ours == "[-o ConnectTimeout=30][-T][--][there][docker]['--host=unix:///run/x.sock'][system][dial-stdio]"
        else:
            assert ours == asked_by_docker


# -- what is not there ----------------------------------------------------------------------------------------------------


def test_an_address_without_an_engine_is_told_as_docker_tells_it(cli):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))  # taken, but nobody listens
        host = f"tcp://127.0.0.1:{probe.getsockname()[1]}"
        ours = cli.sandbox("ls", env={"DOCKER_HOST": host}).check(1, "")
        docker = cli.docker("ps", env={"DOCKER_HOST": host}).check(1, "")
    assert ours.err.strip() == docker.err.strip()


def test_a_server_that_speaks_no_tls_is_told(cli, test_directory):
    authority = test_directory / "authority"
    certificates.make_authority(authority)
    path = certificates.make_cert_path(test_directory / "certs", authority)
    with socket.create_server(("127.0.0.1", 0)) as server:
        host = f"tcp://127.0.0.1:{server.getsockname()[1]}"

        def answer():
            connection, _ = server.accept()
            with connection, contextlib.suppress(ConnectionError):  # who gives up need not have read all
                connection.recv(1)
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            ran = cli.sandbox("ls", env={"DOCKER_HOST": host, "DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": str(path)})
        finally:
            server.shutdown(socket.SHUT_RDWR)  # ends a wait for nobody
            thread.join()
    ran.check(1, "", f"cannot connect to the engine at {host} over TLS: wrong version number\n")

# SPDX-License-Identifier: Apache-2.0
"""Certificates for an engine with TLS, made by openssl for one test."""

import subprocess


def _openssl(*words, cwd):
    subprocess.run(["openssl", *words], cwd=cwd, check=True, capture_output=True)


def make_authority(directory):
    """ca.pem and ca-key.pem."""
    directory.mkdir(exist_ok=True)
    _openssl(
        *("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30"),
        *("-subj", "/CN=test authority", "-keyout", "ca-key.pem", "-out", "ca.pem"),
        cwd=directory,
    )


def make_certificate(directory, role, names="IP:127.0.0.1,DNS:localhost", name=None, expired=False):
    """NAME-cert.pem and NAME-key.pem (default: the role), signed by the authority; `role` is server or client."""
    name = name or role
    (directory / f"{name}.ext").write_text(f"subjectAltName={names}\nextendedKeyUsage={role}Auth\n", encoding="ascii")
    _openssl(
        *("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", f"/CN={name}"),
        *("-keyout", f"{name}-key.pem", "-out", f"{name}.csr"),
        cwd=directory,
    )
    # openssl x509 takes negative days: valid until yesterday.
    _openssl(
        *("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca-key.pem", "-CAcreateserial"),
        *("-days", "-1" if expired else "30", "-extfile", f"{name}.ext", "-out", f"{name}-cert.pem"),
        cwd=directory,
    )


def make_family(directory):
    """An authority with a certificate for a server and one for a client."""
    make_authority(directory)
    make_certificate(directory, "server")
    make_certificate(directory, "client")
    return directory


def make_cert_path(directory, authority, certificate=None):
    """A directory for DOCKER_CERT_PATH: ca.pem of the authority, cert.pem and key.pem of the certificate."""
    directory.mkdir()
    (directory / "ca.pem").write_bytes((authority / "ca.pem").read_bytes())
    if certificate:
        (directory / "cert.pem").write_bytes((authority / f"{certificate}-cert.pem").read_bytes())
        (directory / "key.pem").write_bytes((authority / f"{certificate}-key.pem").read_bytes())
    return directory

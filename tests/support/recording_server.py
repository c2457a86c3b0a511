# SPDX-License-Identifier: Apache-2.0
"""Engines without containers that remember what they were asked: for what, by which program, with which headers."""

import http.server
import os
import socketserver
import ssl

from .serving import Serving


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        path = self.path.partition("?")[0]
        own = {name.lower(): value for name, value in self.headers.items() if name.lower().startswith("x-")}
        self.server.asked.append((self.headers.get("User-Agent", ""), path, own))
        body = b"[]" if path.endswith("/json") else b"OK"
        self.send_response(200)
        self.send_header("Api-Version", "1.44")
        self.send_header("Content-Type", "application/json" if body == b"[]" else "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_HEAD = do_GET

    def address_string(self):
        return "client"  # a unix socket's peer has no address

    def log_message(self, *_):
        pass


class _Unix(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


class _Tcp(socketserver.ThreadingTCPServer):
    daemon_threads = True
    tls = None

    def get_request(self):
        connection, address = super().get_request()
        # The handshake is the connection's own thread's: it comes with the first byte that is read.
        wrapped = self.tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False) if self.tls else connection
        return wrapped, address

    def handle_error(self, request, client_address):
        pass  # a client that does not trust the certificate


class RecordingServer(Serving):
    """On a unix socket at `path`, or on a port of 127.0.0.1, with TLS where `certificate` and `key` are given. `asked` is
    a list of (user agent, path, headers that begin with X-)."""

    def __init__(self, path=None, certificate=None, key=None):
        server = _Unix(str(path), _Handler) if path else _Tcp(("127.0.0.1", 0), _Handler)
        if certificate:
            server.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            server.tls.load_cert_chain(certificate, key)
        self.asked = server.asked = []
        self._path = path
        self.address = f"unix://{path}" if path else "tcp://%s:%d" % server.server_address
        super().__init__(server)

    def __exit__(self, *failure):
        super().__exit__(*failure)
        if self._path:
            os.unlink(self._path)

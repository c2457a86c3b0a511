# SPDX-License-Identifier: Apache-2.0
"""An engine that knows one answer: a list of containers, as many as one likes."""

import json
import os
import socketserver

from .serving import Serving


class _Handler(socketserver.StreamRequestHandler):
    def handle(self):
        while self.rfile.readline().strip():
            while self.rfile.readline().strip():
                pass
            body = self.server.body
            head = f"HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            try:
                self.wfile.write(head.encode() + body)
            except BrokenPipeError:
                return


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    block_on_close = True


class ListServer(Serving):
    """`rows` is the list. Serves while it is entered."""

    def __init__(self, path, rows):
        self.host = f"unix://{path}"
        self._path = path
        server = _Server(path, _Handler)
        server.body = json.dumps(rows, separators=(",", ":")).encode()
        super().__init__(server)

    def __exit__(self, *failure):
        super().__exit__(*failure)
        os.unlink(self._path)

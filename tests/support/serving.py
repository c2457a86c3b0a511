# SPDX-License-Identifier: Apache-2.0
"""A server of Python's socketserver that runs beside a test."""

import threading


class Serving:
    """Serves in a thread of its own while it is entered."""

    def __init__(self, server):
        self._server = server
        self._thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

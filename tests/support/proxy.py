# SPDX-License-Identifier: Apache-2.0
"""A unix socket in front of the engine's, whose connections a test can cut."""

import os
import socket
import threading


class Proxy:
    """Forwards every connection to the engine, each direction and its end on its own, until cut() or close()."""

    def __init__(self, directory, upstream):
        self.path = os.path.join(str(directory), "proxy.sock")
        self.host = "unix://" + self.path
        self._upstream = upstream
        self._lock = threading.Lock()
        self._sockets = []
        self._threads = []
        self._open = True
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(self.path)
        self._listener.listen()
        self._start(self._accept)

    def _start(self, act, *arguments):
        thread = threading.Thread(target=act, args=arguments, daemon=True)
        with self._lock:
            self._threads.append(thread)
        thread.start()

    def _accept(self):
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            far = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            far.connect(self._upstream)
            with self._lock:
                self._sockets += [near, far]
                refused = not self._open
            if refused:
                self._end(near, far)
                continue
            self._start(self._forward, near, far)
            self._start(self._forward, far, near)

    @staticmethod
    def _forward(source, target):
        try:
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # cut, or the other side is gone

    @staticmethod
    def _end(*sockets):
        for one in sockets:
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # not connected any more

    def cut(self):
        """Ends all connections, towards both sides, and every further one at once."""
        with self._lock:
            self._open = False
            self._end(*self._sockets)

    def close(self):
        self.cut()
        self._end(self._listener)
        self._listener.close()
        with self._lock:
            threads = list(self._threads)
        for thread in threads:
            thread.join()
        for one in self._sockets:
            one.close()

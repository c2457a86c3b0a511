# SPDX-License-Identifier: Apache-2.0
"""A socket in front of the engine's that holds one request back until the test lets it go, so that a test can act at an
exact moment of a command: while the plugin waits for the answer to this one call."""

import os
import re
import select
import socket
import threading

from .waiting import DEADLINE

_LENGTH = re.compile(rb"^content-length: *(\d+)", re.IGNORECASE | re.MULTILINE)
_END = b"\r\n\r\n"


class HeldProxy:
    """`held`: a pattern of "METHOD PATH". The first request that it matches is held: before it reaches the engine with
    when="before", after the engine has answered it, the answer unsent, with when="after"."""

    def __init__(self, path, upstream, held, when="before"):
        assert when in ("before", "after"), when
        self.host = f"unix://{path}"
        self._path, self._upstream = path, upstream
        self._held, self._when = re.compile(held), when
        self._reached, self._released, self._closed = threading.Event(), threading.Event(), threading.Event()
        self._lock = threading.Lock()
        self._used = False
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(path)
        self._listener.listen(16)
        self._listener.settimeout(0.05)
        self._threads = [threading.Thread(target=self._accept)]

    def __enter__(self):
        self._threads[0].start()
        return self

    def __exit__(self, *_):
        self._closed.set()
        self._released.set()
        for thread in self._threads:  # grows no more once the first one has ended
            thread.join()
        self._listener.close()
        os.unlink(self._path)

    def wait(self):
        """Until the request is held."""
        assert self._reached.wait(DEADLINE), f"no request matched {self._held.pattern!r}"

    def release(self):
        self._released.set()

    def _accept(self):
        while not self._closed.is_set():
            try:
                client, _ = self._listener.accept()
            except TimeoutError:
                continue
            client.setblocking(True)
            thread = threading.Thread(target=self._serve, args=(client,))
            self._threads.append(thread)
            thread.start()

    def _holds(self, head):
        method, target, _ = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ", 2)
        with self._lock:
            if self._used or not self._held.search(f"{method} {target}"):
                return False
            self._used = True
            return True

    def _serve(self, client):
        """Passes bytes both ways; looks at the requests until the connection is upgraded."""
        with client, socket.socket(socket.AF_UNIX) as engine:
            engine.connect(self._upstream)
            waiting, missing, raw, answer_held = b"", 0, False, False
            open_ends = {client: engine, engine: client}
            while open_ends and not self._closed.is_set():
                readable, _, _ = select.select(list(open_ends), [], [], 0.05)
                for end in readable:
                    try:
                        data = end.recv(65536)
                    except ConnectionError:
                        return
                    if not data:
                        if end is engine:
                            return  # the engine ends a connection: so does this one
                        del open_ends[end]
                        if not self._shut(engine):
                            return
                        continue
                    if end is engine:
                        if answer_held:
                            self._hold()
                            answer_held = False
                        if not self._send(client, data):
                            return
                        continue
                    if raw:
                        if not self._send(engine, data):
                            return
                        continue
                    waiting += data
                    while waiting:
                        if missing:
                            part, waiting = waiting[:missing], waiting[missing:]
                            missing -= len(part)
                        else:
                            if _END not in waiting:
                                break
                            part, _, waiting = waiting.partition(_END)
                            part += _END
                            length = _LENGTH.search(part)
                            missing = int(length.group(1)) if length else 0
                            raw = b"\nupgrade:" in part.lower()
                            if self._holds(part):
                                if self._when == "before":
                                    self._hold()
                                else:
                                    answer_held = True
                        if not self._send(engine, part):
                            return
                        if raw and not missing and waiting:
                            if not self._send(engine, waiting):
                                return
                            waiting = b""

    def _hold(self):
        self._reached.set()
        self._released.wait()

    @staticmethod
    def _send(end, data):
        try:
            end.sendall(data)
            return True
        except OSError:
            return False

    @staticmethod
    def _shut(end):
        try:
            end.shutdown(socket.SHUT_WR)
            return True
        except OSError:
            return False

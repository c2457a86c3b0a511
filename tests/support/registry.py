# SPDX-License-Identifier: Apache-2.0
"""An image registry with one image, as much of the distribution protocol as a pull needs. A program of its own, because
it runs in the network namespace of the engine that pulls, where 127.0.0.1 needs no TLS:

    python3 registry.py ROOT_TAR [USER:PASSWORD]

Serves the tar archive as NAME:TAG for every name, and a tag of "latest" or "1"; of the name "forged" the layers have other
bytes, of "slow" they never end. Writes its port on stdout, then a line for each request to stderr; ends when its stdin does."""

import base64
import gzip
import hashlib
import http.server
import json
import re
import sys
import threading
import time


def digest(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


class Image:
    def __init__(self, root_tar):
        # The layer in two: a pull shows a line, or a bar, for each.
        layers = [root_tar, b"\0" * 10240]
        packed = [gzip.compress(layer, mtime=0) for layer in layers]
        environment = ["PATH=/usr/local/bin:/bin", "HOME=/home/agent"]
        config = json.dumps(
            {
                "architecture": "amd64",
                "os": "linux",
                "config": {"User": "agent", "Env": environment, "WorkingDir": "/home/agent/workspace", "Cmd": ["sh"]},
                "rootfs": {"type": "layers", "diff_ids": [digest(layer) for layer in layers]},
                "history": [{"created_by": "a test"} for _ in layers],
            }
        ).encode()
        kind = "application/vnd.docker."
        self.manifest = json.dumps(
            {
                "schemaVersion": 2,
                "mediaType": kind + "distribution.manifest.v2+json",
                "config": {
                    "mediaType": kind + "container.image.v1+json",
                    "size": len(config),
                    "digest": digest(config),
                },
                "layers": [
                    {"mediaType": kind + "image.rootfs.diff.tar.gzip", "size": len(layer), "digest": digest(layer)}
                    for layer in packed
                ],
            }
        ).encode()
        self.layers = [digest(layer) for layer in packed]
        self.blobs = {digest(data): data for data in [config, *packed]}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, data, kind, **headers):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        headers = {"Content_Length": str(len(data)), **headers}
        self.send_header("Docker-Distribution-Api-Version", "registry/2.0")
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(data)

    def refuse(self, status, code, message, **headers):
        body = json.dumps({"errors": [{"code": code, "message": message}]}).encode()
        self.answer(status, body, "application/json", **headers)

    def do_GET(self):
        print(self.command, self.path, self.headers.get("Authorization", "-"), file=sys.stderr, flush=True)
        image, login = self.server.image, self.server.login
        if login and self.headers.get("Authorization") != "Basic " + base64.b64encode(login.encode()).decode():
            return self.refuse(401, "UNAUTHORIZED", "a login is needed", WWW_Authenticate='Basic realm="here"')
        if self.path == "/v2/":
            return self.answer(200, b"{}", "application/json")
        blob = re.fullmatch(r"/v2/(.+)/blobs/(sha256:[0-9a-f]{64})", self.path)
        if blob and blob.group(2) in image.blobs:
            name, identity = blob.groups()
            data = image.blobs[identity]
            if identity in image.layers and name == "slow":
                return self.never_end(data)
            if identity in image.layers and name == "forged":
                data = data[:-8] + bytes(8)
            return self.answer(200, data, "application/octet-stream", Docker_Content_Digest=identity)
        manifest = re.fullmatch(r"/v2/.+/manifests/(.+)", self.path)
        if manifest and manifest.group(1) in (digest(image.manifest), "latest", "1"):
            kind = "application/vnd.docker.distribution.manifest.v2+json"
            return self.answer(200, image.manifest, kind, Docker_Content_Digest=digest(image.manifest))
        return self.refuse(404, "MANIFEST_UNKNOWN", "manifest unknown")

    do_HEAD = do_GET

    def never_end(self, data):
        """Byte by byte: an engine that waits for the next one does not see that nobody wants it any more."""
        self.answer(200, data, "application/octet-stream", Content_Length=str(len(data) + (1 << 30)))
        try:
            while True:
                self.wfile.write(b"\0")
                time.sleep(0.05)
        except OSError:
            self.close_connection = True
            print("given up:", self.path, file=sys.stderr, flush=True)


def main(root_tar, login=None):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    with open(root_tar, "rb") as file:
        server.image = Image(file.read())
    server.login = login
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])

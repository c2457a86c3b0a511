# SPDX-License-Identifier: Apache-2.0
"""A small client of the Engine API, so that tests see the engine's own facts and not what the product says of them."""

import functools
import http.client
import json
import socket
import time
import urllib.parse

from .waiting import DEADLINE, eventually

SANDBOX_LABEL = "docker/sandbox"


class ApiError(Exception):
    def __init__(self, status, message):
        super().__init__(f"{status}: {message}")
        self.status = status


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("docker", timeout=DEADLINE)
        self._path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class Engine:
    def __init__(self, docker_host):
        assert docker_host.startswith("unix://"), docker_host
        self.host = docker_host
        self.socket_path = docker_host[len("unix://") :]

    def request(self, method, path, query=None, body=None, content_type="application/json"):
        """The answer's body: parsed where it is JSON, else bytes. Raises ApiError from status 400 on."""
        if query:
            encoded = {k: json.dumps(v) if isinstance(v, (dict, list)) else v for k, v in query.items()}
            path += "?" + urllib.parse.urlencode(encoded)
        if isinstance(body, (dict, list)):
            body = json.dumps(body).encode()
        connection = _UnixConnection(self.socket_path)
        try:
            headers = {"Content-Type": content_type} if body is not None else {}
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            data = answer.read()
            kind = answer.headers.get("Content-Type", "")
            if answer.status >= 400:
                message = data.decode("utf-8", "backslashreplace").strip()
                if kind.startswith("application/json"):
                    message = json.loads(data).get("message", message)
                raise ApiError(answer.status, message)
            if kind.startswith("application/json"):
                try:
                    return json.loads(data)
                except json.JSONDecodeError:
                    pass  # several of them, one after the other
            return data
        finally:
            connection.close()

    def get(self, path, **query):
        return self.request("GET", path, query)

    def answers(self):
        try:
            return self.get("/_ping") == b"OK"
        except (OSError, http.client.HTTPException, ApiError):
            return False

    def title(self):
        """Name and version, as in "Docker Engine 20.10.24"."""
        engine = self.get("/version")
        name = engine["Components"][0]["Name"]
        return f"{'Docker Engine' if name == 'Engine' else name} {engine['Version'].split('+')[0]}"

    @functools.cached_property
    def podman(self):
        """The first number of Podman's version, or 0 when the engine is not Podman."""
        name, _, version = self.title().rpartition(" ")
        return int(version.split(".")[0]) if name.startswith("Podman") else 0

    @property
    def is_podman(self):
        return self.podman != 0

    def await_an_order(self):
        """What is created from now on is newer by the engine's list, too: Podman's knows whole seconds only."""
        if self.is_podman:
            now = int(time.time())
            eventually(lambda: int(time.time()) > now, what="the next second")

    # -- containers ---------------------------------------------------------------------------------------------------
    def containers(self, **filters):
        return self.get("/containers/json", all="1", filters={k: [v] for k, v in filters.items()})

    def sandboxes(self):
        """All containers with the product's label, newest first."""
        return self.containers(label=SANDBOX_LABEL)

    def sandbox(self):
        """The only sandbox, inspected."""
        found = self.sandboxes()
        assert len(found) == 1, f"{len(found)} sandboxes: {[c['Names'] for c in found]}"
        return self.inspect(found[0]["Id"])

    def inspect(self, container):
        return self.get(f"/containers/{container}/json")

    def state(self, container):
        return self.inspect(container)["State"]["Status"]

    def exists(self, container):
        try:
            self.inspect(container)
            return True
        except ApiError as error:
            if error.status != 404:
                raise
            return False

    def post(self, path, body=None, **query):
        return self.request("POST", path, query, body)

    def stop(self, container):
        self.post(f"/containers/{container}/stop", t="0")

    def processes(self, container):
        """Command lines of all processes in the container."""
        # Podman asks `ps` inside for what it has no columns of its own for; busybox's cuts lines off. Version 4.3 would go on
        # for ever, and does not say that it answers in JSON.
        columns = "pid,args" if self.is_podman else "-eo pid,args"
        table = self.get(f"/containers/{container}/top", ps_args=columns, stream="false")
        if isinstance(table, bytes):
            table = json.loads(table)
        return ["\t".join(arguments) for _, *arguments in table["Processes"]]  # Podman splits at tabs

    def remove_container(self, container):
        try:
            self.request("DELETE", f"/containers/{container}", {"force": "1", "v": "1"})
        except ApiError as error:
            if error.status not in (404, 409):  # gone, or being removed by somebody else
                raise

    # -- the rest -----------------------------------------------------------------------------------------------------
    def images(self):
        return self.get("/images/json")

    def image(self, reference):
        """The image's description, or None."""
        try:
            return self.get(f"/images/{reference}/json")
        except ApiError as error:
            if error.status != 404:
                raise
            return None

    def import_image(self, reference, root_tar, changes):
        repository, _, tag = reference.rpartition(":")
        query = [("fromSrc", "-"), ("repo", repository), ("tag", tag)] + [("changes", line) for line in changes]
        self.request(
            "POST", "/images/create?" + urllib.parse.urlencode(query), body=root_tar, content_type="application/x-tar"
        )
        return self.image(reference)["Id"]

    def commit(self, container, reference, config=None):
        """An image of the container, with these settings beside its own. (Podman 4.3 wants a body, which newer docker command lines
        do not send.)"""
        repository, _, tag = reference.rpartition(":")
        return self.post("/commit", config or {}, container=container, repo=repository, tag=tag)["Id"]

    def load_image(self, archive):
        """An image as `docker save` writes it."""
        self.request("POST", "/images/load", {"quiet": "1"}, archive, content_type="application/x-tar")

    def remove_image(self, reference):
        try:
            self.request("DELETE", f"/images/{reference}", {"force": "1"})
        except ApiError as error:
            if error.status != 404:
                raise

    def volumes(self):
        return {volume["Name"] for volume in self.get("/volumes")["Volumes"] or []}

    def remove_volume(self, name):
        try:
            self.request("DELETE", f"/volumes/{name}", {"force": "1"})
        except ApiError as error:
            if error.status != 404:
                raise

    def networks(self):
        return {network["Name"] for network in self.get("/networks")}

    def remove_network(self, name):
        self.request("DELETE", f"/networks/{name}")

    def gateway(self):
        """The engine's own address on the default bridge."""
        network = "podman" if self.is_podman else "bridge"
        return self.get(f"/networks/{network}")["IPAM"]["Config"][0].get("Gateway")

    def objects(self):
        """Names of everything that the engine holds: (kind, name) pairs."""
        held = {("container", c["Id"], c["Names"][0] if c["Names"] else "") for c in self.containers()}
        held |= {("volume", name, "") for name in self.volumes()}
        held |= {("network", name, "") for name in self.networks()}
        for image in self.images():
            held |= {("image", image["Id"], tag) for tag in image["RepoTags"] or ["<none>:<none>"]}
        return held

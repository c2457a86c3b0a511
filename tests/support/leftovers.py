# SPDX-License-Identifier: Apache-2.0
"""What a test left behind: objects on the engine and processes on this machine."""

import os
import re

from .cli import MARKER
from .waiting import eventually

CREDENTIAL_VOLUME = re.compile(r"docker-[a-z]+-sandbox-data")


def processes(marker):
    """Command lines of the living processes that a test with this marker started."""
    found = {}
    wanted = f"{MARKER}={marker}".encode()
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/environ", "rb") as file:
                environment = file.read()
            with open(f"/proc/{name}/cmdline", "rb") as file:
                line = file.read()
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue  # ended meanwhile
        if wanted in environment.split(b"\0") and int(name) != os.getpid():
            found[int(name)] = line.replace(b"\0", b" ").decode("utf-8", "backslashreplace")
    return found


def remove(engine, objects):
    """Removes some of Engine.objects()."""
    removals = {"container": engine.remove_container, "volume": engine.remove_volume, "network": engine.remove_network}
    # In this order: what is in use cannot go.
    for kind, name, _ in sorted(objects, key=lambda one: ("container", "image", "volume", "network").index(one[0])):
        removals.get(kind, engine.remove_image)(name)


def clean(engine):
    """Removes what sandboxes are meant to leave: themselves and the credential volumes."""
    for container in engine.sandboxes():
        engine.remove_container(container["Id"])
    eventually(lambda: not engine.sandboxes(), what="sandboxes are removed")
    for name in engine.volumes():
        if CREDENTIAL_VOLUME.fullmatch(name):
            engine.remove_volume(name)

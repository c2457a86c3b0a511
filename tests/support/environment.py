# SPDX-License-Identifier: Apache-2.0
"""Variables as programs inside have them."""


def variables(result):
    """The environment that the scripted agent's `env` wrote."""
    pairs = (entry.split(b"=", 1) for entry in result.check().stdout_bytes.split(b"\0") if entry)
    return {name.decode(): value.decode("utf-8", "surrogateescape") for name, value in pairs}

# SPDX-License-Identifier: Apache-2.0
"""Waiting for conditions instead of for time."""

import time

# Nothing waits this long on a healthy machine; it only bounds how long a broken one is watched.
DEADLINE = 120.0
_PAUSE = 0.02


def eventually(condition, deadline=DEADLINE, what=None):
    """Polls until `condition()` is truthy and returns its value. The condition may raise AssertionError: "not yet".

    Fails the test, with the last reason, when the deadline passes."""
    end = time.monotonic() + deadline
    while True:
        reason = None
        try:
            value = condition()
            if value:
                return value
        except AssertionError as error:
            reason = error
        if time.monotonic() > end:
            name = what or getattr(condition, "__name__", "the condition")
            raise AssertionError(f"{name}: not within {deadline} s" + (f"; last: {reason}" if reason else ""))
        time.sleep(_PAUSE)

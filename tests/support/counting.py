# SPDX-License-Identifier: Apache-2.0
"""Counts what a program does: numbers that are the same however busy the machine is."""

import re

# Put before a program's words. A completion gives up when it takes too long, and under valgrind on a busy machine it does: its
# alarm stays silent.
INSTRUCTION_COUNTER = ["env", "--block-signal=ALRM", "valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]


def millions_of_instructions(errors):
    """From what the counter wrote to the standard error output."""
    return int(re.search(r"Collected : (\d+)", errors)[1]) / 1e6

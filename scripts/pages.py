# SPDX-License-Identifier: Apache-2.0
"""How a command's results get into a page of docs: as a table, between two comments that name the command."""

import sys


def as_table(header, lines):
    return "\n".join("| " + " | ".join(line) + " |" for line in [header, ["---"] * len(header), *lines])


def write_into_page(path, command, text):
    begin, end = (f"<!-- {command}: {mark} -->" for mark in ("begin", "end"))
    before, _, rest = path.read_text(encoding="utf-8").partition(begin)
    _, found, after = rest.partition(end)
    if not found:
        sys.exit(f"{sys.argv[0]}: {path} has no place for what {command} writes")
    path.write_text(f"{before}{begin}\n\n{text}\n\n{end}{after}", encoding="utf-8")

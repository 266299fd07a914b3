"""Reads one file in a process of its own and says what it finds, line by line, in JSON.

    python -m anlan.kernel.imports.sheets.child FILE MEMORY SECONDS

The wanted columns come in on standard input. Out come the head, each row, and the end; or, at any
point, why the file cannot be read. :mod:`anlan.kernel.imports.sheets.bounded` is the other side.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from pathlib import Path
from typing import Any, TextIO

from anlan.kernel.imports.sheets.errors import NotReadable
from anlan.kernel.imports.sheets.headings import Wanted
from anlan.kernel.imports.sheets.table import Table, open_table

NICE = 10  # people who wait for a page come first
OUT_OF_MEMORY = 3


def main(path: str, memory: str, seconds: str) -> int:
    """``memory`` in bytes, ``seconds`` of the processor: beyond these the process ends."""
    # RLIMIT_DATA counts what is really ours to fill, not the libraries that are mapped in.
    resource.setrlimit(resource.RLIMIT_DATA, (int(memory), int(memory)))
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds) + 1))
    os.nice(NICE)
    wanted = [Wanted(*each) for each in json.load(sys.stdin)]
    output = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # a library that prints must not spoil what we say
    try:
        with output:
            _say_all(Path(path), wanted, output)
    except MemoryError:
        return OUT_OF_MEMORY
    return 0


def _say_all(path: Path, wanted: list[Wanted], output: TextIO) -> None:
    try:
        with open_table(path, wanted) as table:
            _say_table(table, output)
    except NotReadable as error:
        _say(output, {"refused": str(error)})


def _say_table(table: Table, output: TextIO) -> None:
    keys = table.keys
    _say(output, {"sheet": table.sheet, "row": table.heading_row, "keys": keys})
    for row in table.rows:
        _say(output, [row.number, [row.cells[key] for key in keys], row.wrong])
    _say(output, {"notes": table.notes})


def _say(output: TextIO, what: Any) -> None:
    output.write(json.dumps(what, ensure_ascii=False, separators=(",", ":")))
    output.write("\n")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

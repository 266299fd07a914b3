"""Reading a foreign file in a process of its own, with limits of memory and time.

A workbook may be made so that reading it takes all memory or never ends, whatever the directory of
its archive says (one row of a hundred million cells). Then that process ends, and the worker goes
on. As a side effect, reading and judging run on two processors at once.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from anlan.kernel.imports.sheets.child import OUT_OF_MEMORY
from anlan.kernel.imports.sheets.errors import NotReadable
from anlan.kernel.imports.sheets.headings import Wanted
from anlan.kernel.imports.sheets.table import Data

log = logging.getLogger("anlan.imports")

MEMORY_BYTES = 2 * 1024**3  # 200 MB of different texts take about 1 GB
SECONDS = 10 * 60  # of the processor; 200,000 rows of 40 columns take about two minutes

_TOO_LONG = "读取这个文件花的时间过长，已停止。请只保留要导入的列和行，另存为 .xlsx 后再上传。"
_TOO_MUCH = "读取这个文件需要的内存过多，已停止。请只保留要导入的列和行，另存为 .xlsx 后再上传。"
_FELL_OVER = (
    "读取这个文件时程序意外停止，其他工作不受影响。请用 Excel 或 WPS 打开，另存为 .xlsx 后再上传；"
    "仍不成功请把文件交给系统管理员。"
)


@dataclass
class Stream:
    """``notes`` is filled when ``rows`` has ended."""

    sheet: str
    heading_row: int
    keys: list[str]
    rows: Iterator[Data]
    notes: list[str] = field(default_factory=list)


@contextmanager
def reading(
    path: Path, wanted: Sequence[Wanted], *, memory: int = MEMORY_BYTES, seconds: int = SECONDS
) -> Iterator[Stream]:
    """The table in the file; NotReadable, here or from ``rows``, says what hinders."""
    command = [sys.executable, "-m", "anlan.kernel.imports.sheets.child"]
    command += [str(path), str(memory), str(seconds)]
    # Few arenas: many threads would otherwise reserve more memory than they use.
    environment = {**os.environ, "MALLOC_ARENA_MAX": "2"}
    with tempfile.TemporaryFile() as said:
        # Our own program; the path is a file of the data folder.
        process = subprocess.Popen(  # noqa: S603
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, env=environment
        )
        try:
            yield _stream(process, wanted, said)
        finally:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                with suppress(OSError):  # what was still to be written finds nobody
                    pipe.close()  # type: ignore[union-attr]


def _stream(process: subprocess.Popen[bytes], wanted: Sequence[Wanted], said: IO[bytes]) -> Stream:
    asked = json.dumps([(each.key, each.label, each.required) for each in wanted])
    assert process.stdin is not None  # noqa: S101 - Popen made the pipe
    try:
        process.stdin.write(asked.encode())
        process.stdin.close()
    except BrokenPipeError:  # it ended before it could read: the lines say why
        log.warning("the reader of %s ended at once", process.args)
    lines = _lines(process, said)
    head = next(lines)
    stream = Stream(head["sheet"], head["row"], head["keys"], iter(()))
    stream.rows = _rows(stream, lines)
    return stream


def _rows(stream: Stream, lines: Iterator[Any]) -> Iterator[Data]:
    for line in lines:
        if isinstance(line, dict):
            stream.notes = line["notes"]
            return
        number, cells, wrong = line
        yield Data(number, dict(zip(stream.keys, cells, strict=True)), wrong)


def _lines(process: subprocess.Popen[bytes], said: IO[bytes]) -> Iterator[Any]:
    """What the process says, to its last line; NotReadable where it stops short of it."""
    assert process.stdout is not None  # noqa: S101
    for raw in process.stdout:
        if not raw.endswith(b"\n"):
            break  # cut off in the middle of a word
        line = json.loads(raw)
        if isinstance(line, dict) and "refused" in line:
            raise NotReadable(line["refused"])
        yield line
        if isinstance(line, dict) and "notes" in line:
            return
    _complain(process, said)


def _complain(process: subprocess.Popen[bytes], said: IO[bytes]) -> None:
    code = process.wait()
    said.seek(0)
    tail = said.read()[-2000:].decode(errors="replace")
    log.error("reading %s ended with %s: %s", process.args, code, tail)
    if code == OUT_OF_MEMORY or "MemoryError" in tail:
        raise NotReadable(_TOO_MUCH)
    # SIGXCPU, or SIGKILL one second later where a library does not let the first through
    raise NotReadable(_TOO_LONG if code in (-24, -9) else _FELL_OVER)

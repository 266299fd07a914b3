"""Reading a foreign file in a process of its own, with limits of memory and time.

A file may be made (or be damaged) so that reading it takes all memory or never ends, or so that a
native library falls over. Then this process ends, and the web server and the worker go on.

Run as a program it reads the file named and writes what it found, pickled, to standard output.
"""

from __future__ import annotations

import io
import logging
import os
import pickle
import resource
import subprocess
import sys
from dataclasses import is_dataclass
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Any

from anlan.notices.document import Notice, NoticeError

log = logging.getLogger("anlan.intake")

MEMORY_BYTES = 4 * 1024**3  # recognising one A4 page at 300 dpi takes 1.6 GB
SECONDS = 20 * 60  # a hundred scanned pages at ten seconds each, and some
NICE = 10  # people who wait for a page come first
OUT_OF_MEMORY = 3

_TOO_LONG = (
    "读取这份文件超过 {minutes} 分钟还没有完成，已停止。请只保留通知部分，"
    "或改用文字版（.docx、.txt）后重新导入。"
)
_TOO_MUCH = (
    "读取这份文件所需的内存超过上限，已停止。它可能已损坏，或不是通知；"
    "请用 Word、WPS 打开后另存为 .docx 或 .txt，再重新导入。"
)
_FELL_OVER = (
    "读取这份文件时程序意外停止，其他工作不受影响。请另存为 .docx 或 .txt 后重新导入；"
    "仍不成功请把文件交给系统管理员。"
)


def read_bounded(path: Path, *, seconds: float = SECONDS, memory: int = MEMORY_BYTES) -> Notice:
    """The notice in the file, read within ``seconds`` and ``memory`` (bytes).

    NoticeError for what is no notice, and for what cannot be read within the limits.
    """
    command = [sys.executable, "-m", "anlan.intake.bounded", str(path), str(memory)]
    # Few arenas: many threads would otherwise reserve more memory than they use.
    environment = {**os.environ, "MALLOC_ARENA_MAX": "2"}
    try:
        # Our own program; the path is a file of the data folder.
        done = subprocess.run(  # noqa: S603
            command, capture_output=True, timeout=seconds, env=environment, check=False
        )
    except subprocess.TimeoutExpired as error:
        log.warning("reading %s took more than %s seconds", path.name, seconds)
        raise NoticeError(_TOO_LONG.format(minutes=max(1, round(seconds / 60)))) from error
    if done.returncode == 0:
        return _outcome(done.stdout)
    said = done.stderr.decode(errors="replace")[-2000:]
    log.error("reading %s ended with %s: %s", path.name, done.returncode, said)
    raise NoticeError(_TOO_MUCH if done.returncode == OUT_OF_MEMORY else _FELL_OVER)


def _outcome(data: bytes) -> Notice:
    try:
        found = _Unpickler(io.BytesIO(data)).load()
    except (pickle.UnpicklingError, EOFError) as error:
        log.error("what the reading gave is no notice: %s", error)
        raise NoticeError(_FELL_OVER) from error
    if isinstance(found, Notice):
        return found
    raise NoticeError(str(found))


class _Unpickler(pickle.Unpickler):
    """Makes nothing but notices: what a hostile file got hold of must not get hold of us."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("datetime", "date"):
            return date
        if module.startswith("anlan.notices."):
            found = super().find_class(module, name)
            if isinstance(found, type) and (is_dataclass(found) or issubclass(found, Enum)):
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is no part of a notice")


def main(path: str, memory: str) -> int:
    """Read the file; what was found, or why it is no notice, goes to standard output."""
    # RLIMIT_DATA counts what is really ours to fill, not the libraries that are mapped in.
    resource.setrlimit(resource.RLIMIT_DATA, (int(memory), int(memory)))
    os.nice(NICE)
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints must not spoil what we say
    try:
        found = _read(path)
    except MemoryError:
        return OUT_OF_MEMORY
    with output:
        pickle.dump(found, output)
    return 0


def _read(path: str) -> Notice | str:
    from anlan.notices.reading import read_notice

    try:
        return read_notice(path)
    except NoticeError as error:
        return str(error)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

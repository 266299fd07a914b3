"""Stores the files of a folder, and is killed at the place that is named. Run by test_folder.py.

``python -m tests.monitoring.gateways.killed ROOT STORED CLASS METHOD before|after``
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path

from anlan.monitoring.gateways.contracts import DeadLetter, Known
from anlan.monitoring.gateways.folder import Folder
from anlan.monitoring.gateways.gateway import Gateway
from anlan.monitoring.gateways.ledger import Ledger
from anlan.monitoring.protocols.batch import Batch
from tests.monitoring.gateways.given import Register, known

MINE = "140000000001"


def device() -> Known:
    return known(1, {"01MN0001": 1, "01MN0002": 2}, site=5)


class FileSink:
    """Keeps what it stores in a file, so that it outlives the process."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def store(self, site: int, batch: Batch) -> None:
        self._add([site, batch.point.tolist()])

    async def bury(self, letter: DeadLetter) -> None:
        self._add(["letter", letter.source])

    def _add(self, row: list) -> None:
        with self._path.open("a") as file:
            file.write(json.dumps(row) + "\n")


def gateway(stored: Path) -> Gateway:
    return Gateway(FileSink(stored), Register({("coal", MINE): device()}))


def _kill_at(owner: type, method: str, when: str) -> None:
    inner = getattr(owner, method)

    def die() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def plain(self, *given):
        if when == "before":
            die()
        inner(self, *given)
        die()

    async def awaited(self, *given):
        if when == "before":
            die()
        await inner(self, *given)
        die()

    setattr(owner, method, awaited if asyncio.iscoroutinefunction(inner) else plain)


async def _scan(root: Path, stored: Path) -> None:
    await Folder(root, gateway(stored)).scan()


if __name__ == "__main__":
    root, stored, owner, method, when = sys.argv[1:]
    owners = {"Folder": Folder, "Ledger": Ledger, "FileSink": FileSink}
    _kill_at(owners[owner], method, when)
    asyncio.run(_scan(Path(root), Path(stored)))

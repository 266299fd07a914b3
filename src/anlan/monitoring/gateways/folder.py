"""Files of coal mines in a folder that an FTP or SFTP server fills.

====================  ==========================================================================
``in/MINE/…``         the mine's account writes here and nowhere else
``work/MINE/``        claimed by a rename: nobody else touches it any more
``done/MINE/``        stored
``refused/MINE/``     no file that we can store; a dead letter says why
``ledger.sqlite``     digests of what was stored
====================  ==========================================================================

Store, note, move: killed in between, the next start finds the file in ``work`` and stores it
again only where it had not come to noting it.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
import time
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

from anlan.monitoring.gateways.coal import MOST_BYTES, PROTOCOL, Foreign, Said, said
from anlan.monitoring.gateways.contracts import DeadLetter, Known
from anlan.monitoring.gateways.gateway import Gateway
from anlan.monitoring.gateways.ledger import Ledger
from anlan.monitoring.gateways.readings import milliseconds
from anlan.monitoring.protocols.coal import CARET, USUAL, FileName
from anlan.monitoring.protocols.framing import Malformed

log = logging.getLogger(__name__)

SETTLED = 60.0  # seconds without a change, for a file without its end mark
LARGEST = 64 * 1024 * 1024
_ENDS = tuple(dialect.end.encode() for dialect in (USUAL, CARET))
_TAIL = 64


class Folder:
    """Watches ``root``. One process at a time: it owns ``work`` and the ledger."""

    def __init__(
        self, root: Path, gateway: Gateway, *, settled: float = SETTLED, every: float = 1.0
    ) -> None:
        self._root = root
        self._gateway = gateway
        self._settled = settled
        self._every = every
        for name in ("in", "work", "done", "refused"):
            (root / name).mkdir(parents=True, exist_ok=True)
        self._ledger = Ledger(root / "ledger.sqlite")

    async def run(self) -> None:
        """Until the gateway closes."""
        closing = self._gateway.closing
        try:
            while not closing.is_set():
                await self.scan()
                try:
                    await asyncio.wait_for(closing.wait(), self._every)
                except TimeoutError:
                    continue
        finally:
            self._ledger.close()

    async def scan(self) -> int:
        """Takes what is there and whole; how many files were done with.

        First what an earlier run has claimed. Then a file of each mine in turn, so that a mine
        that has much to make up for does not delay the others.
        """
        done = 0
        for left in sorted(_files(self._root / "work")):
            done += await self._attempt(left)
        for path in self._in_turn():
            if self._gateway.closing.is_set():
                break
            done += await self._attempt(path, claim=True)
        return done

    async def _attempt(self, path: Path, *, claim: bool = False) -> bool:
        """Whether the file was done with. One that breaks this program stops no other."""
        try:
            claimed = self._claim(path) if claim else path
            return claimed is not None and await self._finish(claimed)
        except Exception:
            log.exception("%s cannot be worked on; it is tried again", path)
            self._gateway.counters.broken += 1
            return False

    def _in_turn(self) -> Iterator[Path]:
        mines = [
            sorted(_files(folder), key=lambda path: path.name)
            for folder in sorted((self._root / "in").iterdir())
            if folder.is_dir() and not folder.is_symlink()
        ]
        for turn in zip_longest(*mines):
            yield from (path for path in turn if path is not None)

    def _claim(self, path: Path) -> Path | None:
        """Moves a whole file to ``work``; None where it is not whole yet, or must wait."""
        mine = path.relative_to(self._root / "in").parts[0]
        target = self._root / "work" / mine / path.name
        device = self._gateway.directory.device(PROTOCOL, mine)
        if target.exists() or (device and self._owes(device)):
            return None
        try:
            if not self._whole(path):
                return None
            target.parent.mkdir(exist_ok=True)
            path.rename(target)
        except FileNotFoundError:
            return None  # the mine has taken it back
        return target

    def _whole(self, path: Path) -> bool:
        """Its end mark is there, or nothing has been written for long."""
        with path.open("rb") as file:
            state = os.fstat(file.fileno())
            file.seek(max(0, state.st_size - _TAIL))
            if file.read().rstrip().endswith(_ENDS):
                return True
        return time.time() - state.st_mtime >= self._settled

    async def _finish(self, path: Path) -> bool:
        """Stores a claimed file and moves it away; False where the sink does not take it now."""
        mine = path.parent.name
        if path.is_symlink():  # made one between the look and the claim
            return await self._refuse(path, "不是文件，是链接")
        if path.stat().st_size > LARGEST:
            return await self._refuse(path, f"文件超过 {LARGEST // 2**20} MiB")
        data = path.read_bytes()
        device = self._gateway.directory.device(PROTOCOL, mine)
        if device is None:
            reason = f"煤矿编码没有登记，或已停用：{mine}"
            return await self._refuse(path, reason, data)
        digest = hashlib.sha256(path.name.encode() + b"\0" + data).digest()
        if self._ledger.has(digest):
            return self._move(path, "done")
        try:
            name = FileName.parse(path.name)
            if name.mine != mine:
                raise Foreign(f"文件名的煤矿编码与所在文件夹不符：{name.mine}，{mine}")
            found = await asyncio.to_thread(said, name, data, device, time.time())
        except (Malformed, Foreign) as error:
            return await self._refuse(path, str(error), data, device)
        if not await self._stored(found, device):
            return False
        if path.stat().st_size != len(data):
            return False  # written on after all: it is read anew
        self._ledger.add(digest, time.time())
        return self._move(path, "done")

    async def _stored(self, found: Said, device: Known) -> bool:
        gateway, count = self._gateway, len(found.batch)
        for letter in found.letters:
            if not await gateway.bury(letter):
                gateway.counters.refused += 1
                return False
        if count and not await gateway.store(device.site, found.batch):
            gateway.counters.refused += 1
            return False
        gateway.counters.frames += 1
        gateway.counters.readings += count
        gateway.rates.charge(device, count)
        return True

    async def _refuse(
        self, path: Path, reason: str, data: bytes = b"", device: Known | None = None
    ) -> bool:
        """The letter has the beginning; the file is kept in ``refused``."""
        letter = DeadLetter(
            received=milliseconds(time.time()),
            protocol=PROTOCOL,
            source=f"{path.parent.name}/{path.name}@0",
            device=device.key if device else None,
            reason=reason,
            data=data[:MOST_BYTES],
        )
        return await self._gateway.bury(letter) and self._move(path, "refused")

    def _move(self, path: Path, to: str) -> bool:
        """A file of the same name that is there already keeps its place."""
        folder = self._root / to / path.parent.name
        folder.mkdir(exist_ok=True)
        target, number = folder / path.name, 1
        while target.exists():
            target, number = folder / f"{path.name}.{number}", number + 1
        path.rename(target)
        return True

    def _owes(self, device: Known) -> bool:
        return self._gateway.rates.owed(device) > 0


def _files(folder: Path) -> Iterator[Path]:
    """Plain files below, by the name of data; a link might lead anywhere and is not followed."""
    for parent, _, names in os.walk(folder):
        for name in names:
            path = Path(parent) / name
            if name.lower().endswith(".txt") and path.is_file() and not path.is_symlink():
                yield path

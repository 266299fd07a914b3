"""A sink in memory, a register in a dictionary, and servers and clients on loopback."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from anlan.monitoring.gateways.contracts import DeadLetter, Known, NotStored
from anlan.monitoring.gateways.gateway import Gateway
from anlan.monitoring.gateways.limits import Limits
from anlan.monitoring.gateways.tcp import Opener, TcpServer
from anlan.monitoring.protocols.batch import Batch

PATIENCE = 20  # seconds: a test that waits longer has failed
QUICK = Limits(tick=0.02, grace=2)


@dataclass
class MemorySink:
    """``before`` may wait or raise before anything is stored."""

    before: Callable[[], Awaitable[None]] | None = None
    stored: list[tuple[int, Batch]] = field(default_factory=list)
    letters: list[DeadLetter] = field(default_factory=list)

    async def store(self, site: int, batch: Batch) -> None:
        if self.before:
            await self.before()
        self.stored.append((site, batch))

    async def bury(self, letter: DeadLetter) -> None:
        if self.before:
            await self.before()
        self.letters.append(letter)

    def rows(self) -> list[tuple[int, int, float, int]]:
        """Site, point, value, quality of all that is stored, in order."""
        return [
            (site, *row)
            for site, batch in self.stored
            for row in zip(
                batch.point.tolist(), batch.value.tolist(), batch.quality.tolist(), strict=True
            )
        ]


class Register(dict[tuple[str, str], Known]):
    """Devices by protocol and address; may change while a server runs."""

    def device(self, protocol: str, address: str) -> Known | None:
        return self.get((protocol, address))


def known(
    key: int, points: dict[str, int], *, site: int = 1, rate: int = 100_000, secret: str = ""
) -> Known:
    return Known(key, site, points, rate, lambda shown: shown == secret)


async def refuses() -> None:
    raise NotStored


@asynccontextmanager
async def serving(
    opener: Opener, sink: MemorySink, register: Register, limits: Limits = QUICK
) -> AsyncIterator[tuple[TcpServer, int]]:
    """A server and its port."""
    server = TcpServer(Gateway(sink, register, limits), opener)
    port = await server.start("127.0.0.1", 0)
    try:
        yield server, port
    finally:
        await server.stop()
    assert server.gateway.counters.broken == 0


class Client:
    """A device's end of a connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def connect(cls, port: int) -> Client:
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    def write(self, data: bytes) -> None:
        self._writer.write(data)

    async def read(self) -> bytes:
        """What has come; nothing where the server has closed."""
        async with asyncio.timeout(PATIENCE):
            try:
                return await self._reader.read(65536)
            except ConnectionError:
                return b""

    async def closed(self) -> bytes:
        """All that comes until the server closes."""
        found = b""
        while data := await self.read():
            found += data
        return found

    def close(self) -> None:
        self._writer.close()


async def until(true: Callable[[], bool]) -> None:
    """Lets others run until it is so; fails where it never is."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, "it did not come true"
        await asyncio.sleep(0.001)


def run(scene: Awaitable[None]) -> None:
    async def whole() -> None:
        async with asyncio.timeout(3 * PATIENCE):
            await scene

    asyncio.run(whole())

"""A device's TCP connection: opened again when it breaks, and the machine told of time."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol

from anlan.monitoring.simulate.counting import Tally
from anlan.monitoring.simulate.senders import begun, ended
from anlan.monitoring.simulate.world import Said

TICK = 1.0  # seconds
LONGEST_PAUSE = 30.0


class Speaker(Protocol):
    """A protocol's device side: no I/O. All return what is to be sent now."""

    @property
    def waiting(self) -> int:
        """Messages that are not acknowledged."""

    def opened(self, now: float) -> bytes:
        """A new connection stands."""

    def say(self, said: Said, now: float) -> bytes:
        """New readings."""

    def heard(self, data: bytes, now: float) -> bytes:
        """The platform's bytes."""

    def tick(self, now: float) -> bytes:
        """A second is over."""


class LineSender:
    """One device at ``host`` and ``port``."""

    def __init__(
        self,
        speaker: Speaker,
        host: str,
        port: int,
        tally: Tally,
        *,
        tick: float = TICK,
        pause: float = 1.0,
    ) -> None:
        self._speaker = speaker
        self._host, self._port = host, port
        self._tally = tally
        self._tick, self._pause = tick, pause
        self._writer: asyncio.StreamWriter | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = begun(self._run())

    def say(self, said: Said, now: float) -> None:
        """Without a connection the machine keeps them, and sends them when one stands."""
        data = self._speaker.say(said, now)
        if data and self._writer is not None:
            self._writer.write(data)

    async def stop(self, grace: float) -> None:
        if self._task is not None:
            await ended(self._task, lambda: not self._speaker.waiting, grace)

    async def _run(self) -> None:
        pause = self._pause
        while True:
            try:
                reader, writer = await asyncio.open_connection(self._host, self._port)
                pause = self._pause
                await self._talk(reader, writer)
            except OSError as error:
                reason = error.strerror or type(error).__name__
                self._tally.reasons[f"连接 {self._host}:{self._port} 断开或连不上：{reason}"] += 1
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Until the platform closes or the connection breaks."""
        try:
            writer.write(self._speaker.opened(time.time()))
            self._writer = writer
            while True:
                data = await self._read(reader)
                if data == b"":
                    return
                now = time.time()
                if data is not None:
                    writer.write(self._speaker.heard(data, now))
                writer.write(self._speaker.tick(now))
                await writer.drain()
        finally:
            self._writer = None
            writer.close()

    async def _read(self, reader: asyncio.StreamReader) -> bytes | None:
        """The next bytes, none at the end; None where nothing came for a tick."""
        try:
            async with asyncio.timeout(self._tick):
                return await reader.read(65536)
        except TimeoutError:
            return None

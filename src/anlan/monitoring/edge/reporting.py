"""A node tells the city how it is, and learns what has changed in the register."""

from __future__ import annotations

import asyncio
import json
import logging

from nats.aio.client import Client
from nats.errors import Error as NatsError

from anlan.monitoring.edge.asking import asked
from anlan.monitoring.edge.ending import until
from anlan.monitoring.edge.snapshot import Snapshot, Told
from anlan.monitoring.edge.wire import Ask
from anlan.monitoring.gateways.contracts import NotStored
from anlan.monitoring.stream.names import DEAD, STREAM

log = logging.getLogger("anlan.monitoring")
EVERY_SECONDS = 10.0


class Reporter:
    """Every ten seconds."""

    def __init__(self, client: Client, node: str, snapshot: Snapshot) -> None:
        self._client = client
        self._stream = client.jetstream(timeout=10)
        self._node = node
        self._snapshot = snapshot
        self._why = ""

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop."""
        await until(stop, self._go_on())

    async def _go_on(self) -> None:
        while True:
            try:
                await self.report()
                self._say("")
            except (NatsError, TimeoutError, OSError, NotStored, ValueError) as error:
                self._say(f"the register was not asked for: {error!r}")
            await asyncio.sleep(EVERY_SECONDS)

    async def report(self) -> None:
        """Once. NotStored with the city's reason where it refuses, ``ValueError`` where it answered
        what is no register."""
        waiting = sum(
            [(await self._stream.stream_info(each)).state.messages for each in (STREAM, DEAD)]
        )
        told = self._snapshot.told
        body = json.dumps({"waiting": waiting, "revision": told.revision if told else None})
        said = await asked(self._client, self._node, Ask.REGISTER, body.encode())
        if "register" in said:
            fresh = Told.unpacked(said["register"])
            self._snapshot.take(fresh)
            log.info("register of %s devices, revision %s", len(fresh.devices), fresh.revision)

    def _say(self, why: str) -> None:
        """Once for each change."""
        if why != self._why and why:
            log.warning("%s", why)
        self._why = why

"""By which connections of the broker who is on the line, and how they are put off it."""

from __future__ import annotations

import asyncio
import json
import logging
from collections import defaultdict, deque
from contextlib import suppress
from typing import NamedTuple

from nats.aio.client import Client
from nats.errors import Error as NatsError

from anlan.monitoring.stream.names import CORE

log = logging.getLogger("anlan.monitoring")
KICK_SECONDS = 5.0
ALL_ANSWER_SECONDS = 2.0  # brokers of a cluster


class Line(NamedTuple):
    """A connection in the broker's words."""

    server: str
    connection: int


class Lines:
    """Of MQTT devices, or of counties' nodes."""

    def __init__(self, system: Client) -> None:
        self._system = system
        self._of = defaultdict[str, deque[Line]](deque)

    def came(self, name: str, line: Line, most: int = 1) -> list[Line]:
        """It has been let in by this connection. Those that are beyond ``most``, the oldest."""
        lines = self._of[name]
        lines.append(line)
        return [lines.popleft() for _ in range(len(lines) - most)]

    async def cut(self, name: str) -> bool:
        """End its connections; False: none is known."""
        lines = self._of.pop(name, ())
        if lines:
            log.warning("%s is put off the line", name)
        for each in lines:
            await self.end(each)
        return bool(lines)

    async def cut_leaves(self) -> None:
        """End those of nodes of which this process knows no name, since another let them in: they
        come again within a second or two."""
        known = {each for lines in self._of.values() for each in lines}
        inbox = self._system.new_inbox()
        said = await self._system.subscribe(inbox)
        await self._system.publish("$SYS.REQ.SERVER.PING.LEAFZ", b"{}", reply=inbox)
        with suppress(TimeoutError, NatsError):
            async with asyncio.timeout(ALL_ANSWER_SECONDS):
                async for each in said.messages:
                    answer = json.loads(each.data)
                    server = answer["server"]["id"]
                    leaves = answer.get("data", {}).get("leafs") or []
                    lines = {Line(server, x["id"]) for x in leaves if x["account"] == CORE}
                    for line in lines - known:
                        await self.end(line)
        await said.unsubscribe()

    async def end(self, line: Line) -> None:
        """Of one that is there no more the broker says so, and nothing is amiss."""
        asked = json.dumps({"cid": line.connection}).encode()
        where = f"$SYS.REQ.SERVER.{line.server}.KICK"
        try:
            await self._system.request(where, asked, timeout=KICK_SECONDS)
        except (NatsError, TimeoutError) as error:  # the token's end does it, or the next cut
            log.error("connection %s could not be ended: %r", line.connection, error)

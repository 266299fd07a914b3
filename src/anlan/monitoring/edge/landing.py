"""The city's side: takes what nodes send, once, and knows how far each has come.

A stretch is stored with a header that names node, place and number, a message for each part of the
city's stream; then the position is written down. Whoever begins, or could not learn whether
something was stored, believes the headers on the stream over the position (decision 0016).
How much a node may send: docs/edge.md.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any, Protocol

import numpy as np
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js import JetStreamContext

from anlan.monitoring.edge import strangers
from anlan.monitoring.edge.burying import Burying
from anlan.monitoring.edge.door import Door
from anlan.monitoring.edge.marks import mark, newest
from anlan.monitoring.edge.memory import Memory, Position, Sure
from anlan.monitoring.edge.pace import (
    LOOK_SECONDS,
    READING_BYTES,
    NotYet,
    Pace,
    cost,
    readings_per_second,
)
from anlan.monitoring.edge.share import Shares
from anlan.monitoring.edge.snapshot import Told
from anlan.monitoring.edge.wire import (
    LETTERS,
    NAME,
    Ask,
    Place,
    Standing,
    Stretch,
    answer,
    inbox,
    place,
    stretch,
)  # fmt: skip
from anlan.monitoring.gateways.contracts import NotStored
from anlan.monitoring.gateways.readings import HISTORY, milliseconds, trusted
from anlan.monitoring.protocols.batch import Batch, unpack
from anlan.monitoring.protocols.framing import Malformed
from anlan.monitoring.stream.names import STREAM, partition_of, partitions
from anlan.monitoring.stream.publishing import Publisher

log = logging.getLogger("anlan.monitoring")
QUEUE = "anlan"
NOBODYS = -1
FULL_SECONDS = 30.0  # after which a node that has its share of the stream asks again


class Nodes(Protocol):
    """The register of nodes. Calls block; NotStored where nobody answers."""

    def known(self, node: str) -> bool:
        """Whether it may send."""

    def told(self, node: str) -> Told:
        """What it is to know of devices."""

    def sites(self, node: str) -> Mapping[int, int]:
        """The site of each point that it may speak for."""

    def position(self, node: str, place: Place) -> Position | None:
        """As it was written down last; None where nothing was of this birth."""

    def keep(self, node: str, place: Place, at: Position) -> None:
        """Write it down."""

    def heard(self, node: str, waiting: int) -> None:
        """It has reported now, with so many messages still to be sent."""


def weight(message: Msg) -> int:
    """Its bytes."""
    headers = message.headers or {}
    return len(message.data) + sum(len(name) + len(said) for name, said in headers.items())


class Landing:
    """Answers nodes; of each, one question at a time (docs/edge.md)."""

    def __init__(
        self,
        client: Client,
        stream: JetStreamContext,
        nodes: Nodes,
        door: Door,
        cut: Callable[[str], Awaitable[None]],
    ) -> None:
        """``client`` hears nodes, and nobody else if a flood is to harm nobody else; ``cut`` puts a
        node off the line."""
        self._client = client
        self._stream = stream
        self._nodes = nodes
        self._door = door
        self._cut = cut
        self._publisher = Publisher(stream)
        self._burying = Burying(self._publisher)
        self._pace = Pace()
        self._shares = Shares(stream)
        self._memory = Memory()
        self._turns = defaultdict[str, asyncio.Lock](asyncio.Lock)
        self._going = set[str]()  # being put off the line
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """From now on nodes are answered."""
        for ask in Ask:
            await self._client.subscribe(f"edge.*.{ask}", queue=QUEUE, cb=self._heard)
        await self._client.flush()

    async def _heard(self, message: Msg) -> None:
        """Each on its own: one node's stretch does not wait for another's. Who asks without
        waiting for answers is not heard."""
        node, size = message.subject.split(".")[1], weight(message)
        # the broker lets a node name any subject for its answers: ours would be published there
        if message.reply.startswith(f"{inbox(node)}.") and self._door.enter(node, size):
            self._later(self._answer(node, size, message))
        else:
            self._in_vain(node, size)

    async def _answer(self, node: str, size: int, message: Msg) -> None:
        try:
            said = await self._said(node, Ask(message.subject.split(".")[2]), message)
            await self._client.publish(message.reply, said)  # without the headers of the question
        except NotYet as not_yet:
            await self._reply(message, answer(error=not_yet.why, wait=not_yet.wait))
            self._in_vain(node, size)
        except (NotStored, NatsError, TimeoutError, OSError) as error:
            log.warning("node %s: not stored: %r", node, error)
            await self._reply(message, answer(error="市级平台暂时不能保存，请稍后重发。"))
        except Exception as error:  # one question that breaks this program wedges no node
            log.exception("node %s asked what cannot be answered", node)
            why = f"市级平台看不懂：{error!r}。请核对节点程序的版本。"
            await self._reply(message, answer(error=why))
        finally:
            self._door.leave(node, size)

    async def _reply(self, message: Msg, said: bytes) -> None:
        try:
            await self._client.publish(message.reply, said)
        except (NatsError, OSError) as error:
            log.warning("no answer could be given: %r", error)  # the node asks again

    def _in_vain(self, node: str, size: int) -> None:
        """A message that is not looked at."""
        if self._door.in_vain(node, size) and node not in self._going:
            self._going.add(node)
            self._later(self._put_off(node))

    async def _put_off(self, node: str) -> None:
        """The broker knows no way to slow a node that does not wait."""
        try:
            await self._cut(node)
            await self._burying.hourly(
                node, "door", lambda: strangers.flooding(node, *self._door.dropped(node))
            )
        finally:
            self._going.discard(node)

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _said(self, node: str, ask: Ask, message: Msg) -> bytes:
        if not NAME.fullmatch(node) or not await asyncio.to_thread(self._nodes.known, node):
            self._in_vain(node, weight(message))
            return answer(error=f"没有登记名为 {node} 的县级节点，或已停用。")
        rate = readings_per_second(await asyncio.to_thread(self._nodes.told, node))
        await self._pace.turn(node, rate, cost(weight(message)))
        async with self._turns[node]:
            if ask == Ask.REGISTER:
                said = await self._told(node, message.data)
                self._pace.charge(node, rate, cost(len(said)))
                return said
            headers = message.headers or {}
            where = place(headers)
            if self._memory.of(node, where) is None:
                self._pace.charge(node, rate, LOOK_SECONDS * rate)
            if ask == Ask.WHERE:
                return (await self._certain(node, where)).standing.answer()
            return (await self._store(node, stretch(headers), message.data)).answer()

    async def _told(self, node: str, data: bytes) -> bytes:
        report = json.loads(data)
        waiting, revision = int(report["waiting"]), report.get("revision")
        await asyncio.to_thread(self._nodes.heard, node, waiting)
        told = await asyncio.to_thread(self._nodes.told, node)
        return answer() if told.revision == revision else answer(register=told.packed())

    async def _certain(self, node: str, where: Place) -> Sure:
        sure = self._memory.of(node, where) or await self._found(node, where)
        self._memory.keep(node, where, sure)
        return sure

    async def _found(self, node: str, where: Place) -> Sure:
        kept = await asyncio.to_thread(self._nodes.position, node, where)
        newest_number = (await self._stream.stream_info(STREAM)).state.last_seq
        if kept is None:  # before anything of this birth is stored
            kept = Position(0, newest_number)
            await asyncio.to_thread(self._nodes.keep, node, where, kept)
        if where.part == LETTERS:
            return Sure(kept)
        # a stream that was made anew, or has lost its end, counts from before the position
        since = kept.number if kept.number <= newest_number else 0
        have: dict[int, int] = {}
        until = 0
        for part in range(partitions()):
            self._shares.add(node, 0)  # the sign of the clock that ``newest`` sends
            found = await newest(self._stream, part, where, node, since)
            if found is not None and found[0] > kept.last:
                until, have[part] = found[0], found[1]
        return Sure(kept, until, have)

    async def _store(self, node: str, wanted: Stretch, data: bytes) -> Standing:
        """Where the city stands then; a stretch that does not follow is not stored."""
        where = wanted.place
        sure = await self._certain(node, where)
        if wanted.after != sure.position.last or (sure.until and wanted.last != sure.until):
            return sure.standing
        await self._room(node, where, sure)
        self._memory.forget(node, where)  # until it is known what has become of it
        number = await self._taken(node, wanted, data, sure.have)
        at = Position(wanted.last, max(number, sure.position.number))
        await asyncio.to_thread(self._nodes.keep, node, where, at)
        self._memory.keep(node, where, Sure(at))
        return Standing(at.last)

    async def _room(self, node: str, where: Place, sure: Sure) -> None:
        """NotYet where the node has what it may have; what is begun is finished."""
        if where.part == LETTERS:
            self._burying.room(node)
        elif not sure.until and await self._shares.full(node):
            await self._burying.hourly(node, "share", lambda: strangers.full(node))
            raise NotYet(FULL_SECONDS, "数据流里给这个县级节点的空间已满，请稍后再发这一段。")

    async def _taken(self, node: str, wanted: Stretch, data: bytes, have: Mapping[int, int]) -> int:
        """The newest number in the city's stream; 0 where nothing went there."""
        name = f"edge-{node}-{wanted.place.part}-{wanted.place.birth}-{wanted.last}"
        if wanted.place.part == LETTERS:
            told = await asyncio.to_thread(self._nodes.told, node)
            await self._burying.sent(node, strangers.letter(node, data, told), name)
            return 0
        try:
            # its clock may be wrong, or its key a thief's: what is to come silences no point
            batch = trusted(unpack(data), milliseconds(time.time()), HISTORY)
        except Malformed:  # the node has nothing better, and must not stand still for ever
            await self._burying.made(node, strangers.unreadable(node, data, "的一批读数"), name)
            return 0
        return await self._stored(node, wanted, batch, have, name)

    async def _stored(
        self, node: str, wanted: Stretch, batch: Batch, have: Mapping[int, int], name: str
    ) -> int:
        """A node deals sites into parts of its own; here each reading goes to the city's part."""
        sites = await asyncio.to_thread(self._nodes.sites, node)
        points, which = np.unique(batch.point, return_inverse=True)
        parts = [partition_of(sites[p]) if p in sites else NOBODYS for p in points.tolist()]
        part = np.array(parts, int)[which]
        number = max(have.values(), default=0)
        for each in sorted({*parts} - {NOBODYS, *have}):
            mine = batch.take(np.flatnonzero(part == each))
            number = max(number, await self._publisher.marked(each, mine, mark(node, wanted)))
            self._shares.add(node, len(mine) * READING_BYTES)
        if (strange := part == NOBODYS).any():
            letter = strangers.foreign(node, batch.take(np.flatnonzero(strange)))
            await self._burying.made(node, letter, name)
        return number

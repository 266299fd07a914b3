"""The city's side: takes what nodes send, once, and knows how far each has come.

A stretch is stored with a header that names node, place and number, a message for each part of the
city's stream; then the position is written down. Whoever begins, or could not learn whether
something was stored, believes the headers on the stream over the position (decision 0016).
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js import JetStreamContext

from anlan.monitoring.edge import strangers
from anlan.monitoring.edge.marks import mark, newest
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
from anlan.monitoring.protocols.batch import Batch, unpack
from anlan.monitoring.protocols.framing import Malformed
from anlan.monitoring.stream.names import STREAM, partition_of, partitions
from anlan.monitoring.stream.publishing import Publisher

log = logging.getLogger("anlan.monitoring")
QUEUE = "anlan"
NOBODYS = -1
MOST_AT_ONCE = 80  # questions of one node; each of its parts asks one


@dataclass(frozen=True, slots=True)
class Position:
    """How far a place of a node has come: ``last`` is the node's number, ``number`` that of the
    message in the city's stream."""

    last: int
    number: int


@dataclass(frozen=True, slots=True)
class Sure:
    """What is known of a place: its position, and of the stretch that follows up to ``until`` the
    parts of the city's stream that have theirs, with their numbers."""

    position: Position
    until: int = 0
    have: Mapping[int, int] = field(default_factory=dict)

    @property
    def standing(self) -> Standing:
        return Standing(self.position.last, self.until)


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


class Landing:
    """Answers nodes; one at a time (docs/edge.md)."""

    def __init__(self, client: Client, stream: JetStreamContext, nodes: Nodes) -> None:
        self._client = client
        self._stream = stream
        self._publisher = Publisher(stream)
        self._nodes = nodes
        self._sure: dict[tuple[str, Place], Sure] = {}
        self._turns = defaultdict[tuple[str, int], asyncio.Lock](asyncio.Lock)
        self._asking = Counter[str]()
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """From now on nodes are answered."""
        for ask in Ask:
            await self._client.subscribe(f"edge.*.{ask}", queue=QUEUE, cb=self._heard)
        await self._client.flush()

    async def _heard(self, message: Msg) -> None:
        """Each on its own: one node's stretch does not wait for another's. Who asks without
        waiting for answers is not heard."""
        node = message.subject.split(".")[1]
        # the broker lets a node name any subject for its answers: ours would be published there
        if not message.reply.startswith(f"{inbox(node)}.") or self._asking[node] >= MOST_AT_ONCE:
            return
        self._asking[node] += 1
        task = asyncio.create_task(self._answer(node, message))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, node: str, message: Msg) -> None:
        try:
            said = await self._said(node, Ask(message.subject.split(".")[2]), message)
            await self._client.publish(message.reply, said)  # without the headers of the question
        except (NotStored, NatsError, TimeoutError, OSError) as error:
            log.warning("node %s: not stored: %r", node, error)
            await self._refuse(message, "市级平台暂时不能保存，请稍后重发。")
        except Exception as error:  # one question that breaks this program wedges no node
            log.exception("node %s asked what cannot be answered", node)
            await self._refuse(message, f"市级平台看不懂：{error!r}。请核对节点程序的版本。")
        finally:
            self._asking[node] -= 1

    async def _refuse(self, message: Msg, why: str) -> None:
        try:
            await self._client.publish(message.reply, answer(error=why))
        except (NatsError, OSError) as error:
            log.warning("no answer could be given: %r", error)  # the node asks again

    async def _said(self, node: str, ask: Ask, message: Msg) -> bytes:
        if not NAME.fullmatch(node) or not await asyncio.to_thread(self._nodes.known, node):
            return answer(error=f"没有登记名为 {node} 的县级节点，或已停用。")
        if ask == Ask.REGISTER:
            return await self._told(node, message.data)
        headers = message.headers or {}
        where = place(headers)
        turn = self._turns[node, where.part]
        if turn.locked():
            return answer(error="上一段还在保存，请稍后重发。")
        async with turn:
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
        if (node, where) not in self._sure:
            self._sure[node, where] = await self._found(node, where)
        return self._sure[node, where]

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
        del self._sure[node, where]  # until it is known what has become of it
        number = await self._taken(node, wanted, data, sure.have)
        at = Position(wanted.last, max(number, sure.position.number))
        await asyncio.to_thread(self._nodes.keep, node, where, at)
        self._sure[node, where] = Sure(at)
        return Standing(at.last)

    async def _taken(self, node: str, wanted: Stretch, data: bytes, have: Mapping[int, int]) -> int:
        """The newest number in the city's stream; 0 where nothing went there."""
        name = f"edge-{node}-{wanted.place.part}-{wanted.place.birth}-{wanted.last}"
        if wanted.place.part == LETTERS:
            told = await asyncio.to_thread(self._nodes.told, node)
            await self._publisher.bury(strangers.letter(node, data, told), name)
            return 0
        try:
            batch = unpack(data)
        except Malformed:  # the node has nothing better, and must not stand still for ever
            await self._publisher.bury(strangers.unreadable(node, data, "的一批读数"), name)
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
        if (strange := part == NOBODYS).any():
            letter = strangers.foreign(node, batch.take(np.flatnonzero(strange)))
            await self._publisher.bury(letter, name)
        return number

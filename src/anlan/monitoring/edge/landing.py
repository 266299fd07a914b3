"""The city's side: takes what nodes send, once, and knows how far each has come.

A stretch is stored with a header that names node, birth and number; then the position is written
down. Whoever begins, or could not learn whether something was stored, believes the headers on the
stream over the position (decision 0016).
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js import JetStreamContext

from anlan.monitoring.edge.marks import mark, newest
from anlan.monitoring.edge.snapshot import Told
from anlan.monitoring.edge.wire import LETTERS, NAME, Ask, Place, Stretch, answer, place, stretch
from anlan.monitoring.gateways.contracts import DeadLetter, NotStored
from anlan.monitoring.protocols.batch import Batch, unpack
from anlan.monitoring.protocols.framing import Malformed
from anlan.monitoring.stream.letters import unpack_letter
from anlan.monitoring.stream.names import STREAM, partition_of
from anlan.monitoring.stream.publishing import Publisher

log = logging.getLogger("anlan.monitoring")
QUEUE = "anlan"
NOBODYS = -1
FOREIGN = "县级节点 {node} 送来 {count} 条外县或已停用测点的读数，没有入库。请核对节点登记和测点"


@dataclass(frozen=True, slots=True)
class Position:
    """How far a place of a node has come: ``last`` is the node's number, ``number`` that of the
    message in the city's stream."""

    last: int
    number: int


class Nodes(Protocol):
    """The register of nodes. Calls block."""

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
        self._sure: dict[tuple[str, Place], Position] = {}
        self._turns = defaultdict[tuple[str, int], asyncio.Lock](asyncio.Lock)
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """From now on nodes are answered."""
        for ask in Ask:
            await self._client.subscribe(f"edge.*.{ask}", queue=QUEUE, cb=self._heard)
        await self._client.flush()

    async def _heard(self, message: Msg) -> None:
        """Each on its own: one node's stretch does not wait for another's."""
        task = asyncio.create_task(self._answer(message))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, message: Msg) -> None:
        _, node, ask = message.subject.split(".")
        try:
            said = await self._said(node, Ask(ask), message)
        except (ValueError, Malformed) as error:
            log.warning("node %s asked what cannot be understood: %s", node, error)
            said = answer(error=f"市级平台看不懂：{error}。请核对节点程序的版本。")
        except (NotStored, NatsError, TimeoutError, OSError) as error:
            log.warning("node %s: not stored: %r", node, error)
            said = answer(error="市级平台暂时不能保存，请稍后重发。")
        await message.respond(said)

    async def _said(self, node: str, ask: Ask, message: Msg) -> bytes:
        if not NAME.fullmatch(node) or not await asyncio.to_thread(self._nodes.known, node):
            return answer(error=f"没有登记名为 {node} 的县级节点，或已停用。")
        if ask == Ask.REGISTER:
            return await self._told(node, message.data)
        headers = message.headers or {}
        if ask == Ask.WHERE:
            where = place(headers)
            async with self._turns[node, where.part]:
                return answer(last=(await self._position(node, where)).last)
        wanted = stretch(headers)
        async with self._turns[node, wanted.place.part]:
            return answer(last=await self._store(node, wanted, message.data))

    async def _told(self, node: str, data: bytes) -> bytes:
        report = json.loads(data)
        waiting, revision = int(report["waiting"]), report.get("revision")
        await asyncio.to_thread(self._nodes.heard, node, waiting)
        told = await asyncio.to_thread(self._nodes.told, node)
        return answer() if told.revision == revision else answer(register=told.packed())

    async def _position(self, node: str, where: Place) -> Position:
        if (node, where) not in self._sure:
            kept = await asyncio.to_thread(self._nodes.position, node, where)
            if kept is None:  # before anything of this birth is stored
                number = (await self._stream.stream_info(STREAM)).state.last_seq
                kept = Position(0, number)
                await asyncio.to_thread(self._nodes.keep, node, where, kept)
            found = None
            if where.part != LETTERS:
                found = await newest(self._stream, where, node, kept.number)
            self._sure[node, where] = Position(*found) if found else kept
        return self._sure[node, where]

    async def _store(self, node: str, wanted: Stretch, data: bytes) -> int:
        """Where the node's place stands then; a stretch that does not follow is not stored."""
        where = wanted.place
        at = await self._position(node, where)
        if wanted.after != at.last:
            return at.last
        del self._sure[node, where]  # until it is known what has become of it
        number = at.number
        if where.part == LETTERS:
            await self._publisher.bury(unpack_letter(data))
        else:
            number = await self._stored(node, wanted, unpack(data)) or number
        at = Position(wanted.last, number)
        await asyncio.to_thread(self._nodes.keep, node, where, at)
        self._sure[node, where] = at
        return at.last

    async def _stored(self, node: str, wanted: Stretch, batch: Batch) -> int:
        """The number in the city's stream; 0 where nothing was left to store.

        A node that does not know yet that sites are dealt into more parts than before says the old
        part. What belongs to others goes first: the mark on the named part then stands for all.
        """
        sites = await asyncio.to_thread(self._nodes.sites, node)
        points, which = np.unique(batch.point, return_inverse=True)
        parts = [partition_of(sites[p]) if p in sites else NOBODYS for p in points.tolist()]
        part = np.array(parts)[which]
        if (foreign := part == NOBODYS).any():
            await self._bury_foreign(node, batch, foreign)
        number, named = 0, wanted.place.part
        for each in sorted({*parts} - {NOBODYS}, key=lambda each: each == named):
            mine = batch.take(np.flatnonzero(part == each))
            number = await self._publisher.marked(each, mine, mark(node, wanted))
        return number

    async def _bury_foreign(self, node: str, batch: Batch, foreign: npt.NDArray[np.bool_]) -> None:
        points = np.unique(batch.point[foreign]).tolist()
        reason = FOREIGN.format(node=node, count=int(foreign.sum()))
        received = int(batch.time[foreign].max())
        text = json.dumps({"points": points[:1000]}).encode()
        await self._publisher.bury(DeadLetter(received, "edge", node, None, reason, text))

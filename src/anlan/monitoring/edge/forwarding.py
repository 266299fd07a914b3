"""The node's side: sends what its stream holds to the city, part by part, once and in order."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Sequence

from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.js import JetStreamContext

from anlan.monitoring.edge.asking import asked
from anlan.monitoring.edge.ending import until
from anlan.monitoring.edge.wire import LETTERS, Ask, Place, Standing, Stretch
from anlan.monitoring.gateways.contracts import NotStored
from anlan.monitoring.protocols.batch import SPAN, Batch, pack_all, unpack
from anlan.monitoring.stream.following import Follower, Letters, Message
from anlan.monitoring.stream.names import Kind
from anlan.monitoring.stream.queueing import TOGETHER

log = logging.getLogger("anlan.monitoring")
RETRY_SECONDS = 1.0


class Forwarder:
    """Of one part of the node's stream, or of its dead letters."""

    def __init__(self, client: Client, node: str, part: int) -> None:
        self._client = client
        self._stream: JetStreamContext = client.jetstream(timeout=10)
        self._node = node
        self._part = part
        follower = Letters(self._stream) if part == LETTERS else Follower(self._stream, part, 0)
        self._follower: Follower = follower
        self._linked: bool | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop. What the city has not confirmed stays in the stream."""
        await until(stop, self._go_on())
        await self._follower.close()

    async def _go_on(self) -> None:
        while True:
            try:
                place = await self._align()
                while True:
                    await self._forward(place)
            except (NatsError, TimeoutError, OSError, NotStored, ValueError) as error:
                self._say(linked=False, why=error)
                await asyncio.sleep(RETRY_SECONDS)

    async def _align(self) -> Place:
        """Go on after what the city has; what it may have a part of comes again as it was."""
        info = await self._stream.stream_info(self._follower.stream_name)
        place = Place(self._part, info.created.isoformat() if info.created else "0")
        at = await self._ask(Ask.WHERE, b"", place.headers())
        if at.last > info.state.last_seq:  # nothing is thrown away on such a word
            raise NotStored(f"the city has {at.last}, our stream ends at {info.state.last_seq}")
        self._say(linked=True)
        await self._follower.close()
        self._follower.go_on_after(at.last)
        await self._forget(at.last)
        if at.until:
            await self._again(place, at)
        return place

    async def _again(self, place: Place, at: Standing) -> None:
        """The stretch up to ``at.until``, as it was sent before."""
        messages: list[Message] = []
        while not messages or messages[-1].number < at.until:
            found = await self._follower.some()
            if not found:
                raise NotStored(f"messages up to {at.until} are missing")
            messages += found
        exact = [each for each in messages if each.number <= at.until]
        await self._send(place, at.last, exact)
        await self._follower.close()
        self._follower.go_on_after(at.until)

    async def _forward(self, place: Place) -> None:
        after = self._follower.last
        messages = await self._follower.some()
        if messages:
            await self._send(place, after, messages)

    async def _send(self, place: Place, after: int, messages: Sequence[Message]) -> None:
        for data, last in parcels(messages):
            stretch = Stretch(place, after, last)
            at = await self._ask(Ask.STORE, data, stretch.headers())
            if at != Standing(last):
                raise NotStored(f"the city stands at {at}, not at {after}")
            after = last
        await self._forget(after)

    async def _ask(self, ask: Ask, data: bytes, headers: dict[str, str]) -> Standing:
        return Standing.of(await asked(self._client, self._node, ask, data, headers))

    async def _forget(self, last: int) -> None:
        """What the city has needs no room here."""
        if last:
            await self._stream.purge_stream(
                self._follower.stream_name, seq=last + 1, subject=self._follower.subject
            )

    def _say(self, *, linked: bool, why: Exception | None = None) -> None:
        """Once for each change."""
        if linked != self._linked:
            self._linked = linked
            if linked:
                log.info("part %s: the city answers", self._part)
            else:
                log.warning("part %s: the city does not take it yet: %r", self._part, why)


def parcels(messages: Sequence[Message]) -> Iterator[tuple[bytes, int]]:
    """What goes to the city at once, and the number of the last message in it: batches that
    follow each other together, as many as one message holds; a dead letter by itself."""
    group: list[Batch] = []
    numbers: list[int] = []
    for each in messages:
        if each.kind == Kind.LETTER:
            yield each.data, each.number
            continue
        batch = unpack(each.data)
        if group and not _fit([*group, batch]):
            yield _packed(group), numbers[-1]
            group, numbers = [], []
        group.append(batch)
        numbers.append(each.number)
    if group:
        yield _packed(group), numbers[-1]


def _fit(group: Sequence[Batch]) -> bool:
    first = min(int(each.time.min()) for each in group)
    last = max(int(each.time.max()) for each in group)
    return sum(map(len, group)) <= TOGETHER and last - first <= SPAN


def _packed(group: Sequence[Batch]) -> bytes:
    (message,) = pack_all(Batch.joined(group))
    return message

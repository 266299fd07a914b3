"""Putting messages on the stream: done once the broker has them."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Mapping
from functools import partial

from nats.errors import Error as NatsError
from nats.js import JetStreamContext

from anlan.monitoring.gateways.contracts import DeadLetter, NotStored
from anlan.monitoring.protocols.batch import Batch, pack_all
from anlan.monitoring.stream.letters import pack_letter
from anlan.monitoring.stream.names import KIND, Kind, dead_subject, partition_of, subject
from anlan.monitoring.stream.queueing import Queue

ATTEMPTS = 5
# An answer that died with the broker is not waited for; asked again, the broker knows the message.
ANSWER_SECONDS = 3.0
NONE: Mapping[str, str] = {}
MESSAGE_ID = "Nats-Msg-Id"  # the broker keeps one message of those that carry the same


class Publisher:
    """Stores batches, dead letters and signs of the clock: a ``Sink`` for the gateways."""

    def __init__(self, stream: JetStreamContext) -> None:
        self._stream = stream
        self._queues: dict[int, Queue] = {}

    async def store(self, site: int, batch: Batch) -> None:
        """Return once every reading is on the stream; NotStored where one may not be.

        What comes for a part while a message of it is under way waits and then goes as one: many
        devices with a reading each cost no more messages than the broker can confirm.
        """
        part = partition_of(site)
        if part not in self._queues:
            self._queues[part] = Queue(partial(self._put, subject(part), Kind.BATCH))
        await self._queues[part].store(batch)

    async def bury(self, letter: DeadLetter, name: str = "") -> None:
        """Return once the dead letter is kept; NotStored where it may not be. Of letters of the
        same ``name`` that come within two minutes one is kept."""
        await self._put(dead_subject(letter.protocol), Kind.LETTER, pack_letter(letter), name)

    async def replay(self, site: int, batch: Batch, name: str) -> None:
        """The readings of a letter, once: the broker keeps one of messages of the same ``name``
        that come within two minutes."""
        for number, message in enumerate(pack_all(batch)):
            await self._put(
                subject(partition_of(site)), Kind.BATCH, message, f"replay-{name}-{number}"
            )

    async def marked(self, partition: int, batch: Batch, marks: Mapping[str, str]) -> int:
        """Store a batch that fits into one message, with headers of its own; its number in the
        stream. NotStored where it may not be there."""
        (message,) = pack_all(batch)
        return await self._put(subject(partition), Kind.BATCH, message, marks=marks)

    async def tick(self, partition: int, now: int) -> None:
        """Tell a part of the stream what time it is, ms."""
        await self._put(subject(partition), Kind.TICK, str(now).encode())

    async def rules(self, partition: int, revision: int) -> None:
        """Tell a part that rules or points have changed."""
        await self._put(subject(partition), Kind.RULES, str(revision).encode())

    async def _put(
        self, where: str, kind: Kind, data: bytes, name: str = "", marks: Mapping[str, str] = NONE
    ) -> int:
        headers = {KIND: kind.value, MESSAGE_ID: name or uuid.uuid4().hex, **marks}
        for attempt in range(ATTEMPTS):
            try:
                said = await self._stream.publish(
                    where, data, timeout=ANSWER_SECONDS, headers=headers
                )
                return said.seq
            except (NatsError, TimeoutError, OSError) as error:
                if attempt == ATTEMPTS - 1:
                    raise NotStored("数据流没有确认收到，请稍后重发。") from error
                await asyncio.sleep(0.05 * 2**attempt)
        raise AssertionError("not reached")

"""From the broker's stream of MQTT messages to ours, in order.

The broker has acknowledged each message to its device once it lay in the stream ``$MQTT_msgs``.
The stream is made by us before the broker would make it, because the broker's would keep only what
somebody already waits for: ours keeps all until it is read here. How far it is read is kept
nowhere: what is read and stored is purged, and who goes on after a crash begins with the first that
is left, so that at most the messages of the last second are read twice.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter, deque
from contextlib import suppress

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.api import (
    ConsumerConfig,
    DeliverPolicy,
    DiscardPolicy,
    RetentionPolicy,
    StorageType,
    StreamConfig,
)
from nats.js.errors import NotFoundError

from anlan.monitoring.gateways.mqtt import Mqtt, Said
from anlan.monitoring.stream.admission import Admission
from anlan.monitoring.stream.names import SAID, replicas

log = logging.getLogger("anlan.monitoring")
SUBJECTS = "$MQTT.msgs.>"
LEVELS_BEFORE = 2  # of a subject, before those of the topic
ADDRESS_AT = 3
AT_ONCE = 4_000
MOST_HELD = 100_000
MOST_WAITING = 4 * AT_ONCE
MOST_BYTES = 4 * 1024**3  # full, the broker refuses, and devices keep what they have
PURGE_SECONDS = 1.0
RETRY_SECONDS = 0.5


class Inlet:
    """Reads what MQTT devices said; one at a time."""

    def __init__(self, client: Client, mqtt: Mqtt, admission: Admission) -> None:
        self._client = client
        self._stream: JetStreamContext = client.jetstream(timeout=10)
        self._mqtt = mqtt
        self._admission = admission
        self._waiting: list[Msg] = []
        self._some, self._room = asyncio.Event(), asyncio.Event()
        self._held: deque[Msg] = deque()  # of devices over their rate, in order
        self._holding = Counter[str]()
        self._read, self._done, self._purged = 0, 0, 0

    async def open(self) -> None:
        """Make the stream, where it is not there, and follow it. Before anybody is let in."""
        try:
            state = (await self._stream.stream_info(SAID)).state
        except NotFoundError:
            state = (await self._stream.add_stream(_wanted())).state
        self._read = self._done = self._purged = max(0, state.first_seq - 1)
        await self._stream.subscribe(
            SUBJECTS, stream=SAID, ordered_consumer=True, cb=self._heard,
            config=ConsumerConfig(
                deliver_policy=DeliverPolicy.BY_START_SEQUENCE, opt_start_seq=self._done + 1
            ),
        )  # fmt: skip

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop: what is stored then is purged, the rest waits in the stream."""
        looked = time.monotonic()
        while not stop.is_set():
            if not self._held:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._some.wait(), PURGE_SECONDS)
            await self._take(stop)
            if time.monotonic() - looked > PURGE_SECONDS:
                await self._purge()
                looked = time.monotonic()
        await self._purge()

    async def _heard(self, message: Msg) -> None:
        """One more; waits where many wait already, and the broker with us."""
        while len(self._waiting) >= MOST_WAITING:
            self._room.clear()
            await self._room.wait()
        self._waiting.append(message)
        self._some.set()

    async def _take(self, stop: asyncio.Event) -> None:
        now, late = await self._prompt(self._next()), False
        if not now:
            await asyncio.sleep(0)  # whoever has something prompt to say comes first
            if not self._waiting or len(self._held) > MOST_HELD:
                now, late = self._released(), True
        if not now:
            return
        found = self._mqtt.sort((_said(each) for each in now), time.time(), counted=late)
        for address in found.cut:
            await self._admission.cut(address)
        while not await self._mqtt.settle(found):
            if stop.is_set():
                return
            await asyncio.sleep(RETRY_SECONDS)
        self._done = _number(self._held[0]) - 1 if self._held else self._read

    def _next(self) -> list[Msg]:
        """What has come since; the broker's client begins again after a broken link, so what was
        read before is left out."""
        taken, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
        if not self._waiting:
            self._some.clear()
        self._room.set()
        if taken and _number(taken[0]) <= self._read:
            taken = [each for each in taken if _number(each) > self._read]
        if taken:
            self._read = _number(taken[-1])
        return taken

    async def _prompt(self, fresh: list[Msg]) -> list[Msg]:
        """Without what those say who have said too much: it is held until nobody else speaks."""
        prompt, over = list[Msg](), Counter[str]()
        owes: dict[str, bool] = {}
        for each in fresh:
            address = _address(each)
            if address not in owes:
                owes[address] = self._holding[address] > 0 or self._mqtt.owes(address)
            if owes[address]:
                over[address] += 1
                self._holding[address] += 1
                self._held.append(each)
            else:
                prompt.append(each)
        for address, amount in over.items():
            if self._mqtt.spend(address, amount):
                await self._admission.cut(address)
        return prompt

    def _released(self) -> list[Msg]:
        found = [self._held.popleft() for _ in range(min(AT_ONCE, len(self._held)))]
        self._holding -= Counter(map(_address, found))
        return found

    async def _purge(self) -> None:
        if self._done > self._purged:
            try:
                await self._stream.purge_stream(SAID, seq=self._done + 1)
                self._purged = self._done
            except (NatsError, TimeoutError) as error:  # the next time does it
                log.warning("what MQTT devices said could not be purged: %r", error)


def _wanted() -> StreamConfig:
    return StreamConfig(
        name=SAID, subjects=[SUBJECTS], retention=RetentionPolicy.LIMITS,
        storage=StorageType.FILE, discard=DiscardPolicy.NEW, max_bytes=MOST_BYTES,
        num_replicas=replicas(),
    )  # fmt: skip


def _number(message: Msg) -> int:
    return message.metadata.sequence.stream


def _address(message: Msg) -> str:
    levels = message.subject.split(".", ADDRESS_AT + 1)
    return levels[ADDRESS_AT] if len(levels) > ADDRESS_AT else ""


def _said(message: Msg) -> Said:
    levels = message.subject.split(".")[LEVELS_BEFORE:]
    return Said(tuple(levels), message.data)

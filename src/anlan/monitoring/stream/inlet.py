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

from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.api import DiscardPolicy, RetentionPolicy, StorageType, StreamConfig
from nats.js.errors import NotFoundError

from anlan.monitoring.gateways.mqtt import Mqtt, Said
from anlan.monitoring.stream.admission import Admission
from anlan.monitoring.stream.names import SAID, replicas
from anlan.monitoring.stream.tap import AT_ONCE, Raw, Tap, Tappable

log = logging.getLogger("anlan.monitoring")
SUBJECTS = "$MQTT.msgs.>"
LEVELS_BEFORE = 2  # of a subject, before those of the topic
ADDRESS_AT = 1  # of those
MOST_HELD = 100_000
MOST_TOPICS = 50_000  # whose levels are remembered: they come again and again
MOST_BYTES = 4 * 1024**3  # full, the broker refuses, and devices keep what they have
PURGE_SECONDS = 1.0
RETRY_SECONDS = 0.5


class Inlet:
    """Reads what MQTT devices said; one at a time."""

    def __init__(self, client: Tappable, mqtt: Mqtt, admission: Admission) -> None:
        self._client = client
        self._stream: JetStreamContext = client.jetstream(timeout=10)
        self._mqtt = mqtt
        self._admission = admission
        self._topics: dict[bytes, tuple[str, ...]] = {}
        self._held: deque[Raw] = deque()  # of devices over their rate, in order
        self._holding = Counter[str]()
        self._read, self._done, self._purged = 0, 0, 0

    async def open(self) -> None:
        """Make the stream, where it is not there. Before anybody is let in."""
        try:
            state = (await self._stream.stream_info(SAID)).state
        except NotFoundError:
            state = (await self._stream.add_stream(_wanted())).state
        self._read = self._done = self._purged = max(0, state.first_seq - 1)
        self._tap = Tap(self._client, self._stream, SAID, self._done)

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop: what is stored then is purged, the rest waits in the stream."""
        looked = time.monotonic()
        while not stop.is_set():
            try:
                fresh = await self._tap.take(0 if self._held else PURGE_SECONDS)
            except (NatsError, TimeoutError, OSError) as error:
                log.warning("what MQTT devices say cannot be read: %r", error)
                await asyncio.sleep(RETRY_SECONDS)
                continue
            await self._take(fresh, stop)
            if time.monotonic() - looked > PURGE_SECONDS:
                await self._purge()
                looked = time.monotonic()
        await self._purge()

    async def _take(self, fresh: list[Raw], stop: asyncio.Event) -> None:
        if fresh:
            first, self._read = fresh[0].number, fresh[-1].number
            self._purged = min(self._purged, first - 1)  # a broker counts lower after a power cut
        now, late = await self._prompt(fresh), False
        if not now and (not self._tap.waits or len(self._held) > MOST_HELD):
            now, late = self._released(), True
        if not now:
            return
        said = [Said(self._topic(each.subject), each.data) for each in now]
        found = self._mqtt.sort(said, time.time(), counted=late)
        for address in found.cut:
            await self._admission.cut(address)
        while not await self._mqtt.settle(found):
            if stop.is_set():
                return
            await asyncio.sleep(RETRY_SECONDS)
        self._done = self._held[0].number - 1 if self._held else self._read

    async def _prompt(self, fresh: list[Raw]) -> list[Raw]:
        """Without what those say who have said too much: it is held until nobody else speaks."""
        prompt, over = list[Raw](), Counter[str]()
        owes: dict[str, bool] = {}
        for each in fresh:
            address = self._address(each)
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

    def _released(self) -> list[Raw]:
        found = [self._held.popleft() for _ in range(min(AT_ONCE, len(self._held)))]
        self._holding -= Counter(map(self._address, found))
        return found

    def _topic(self, subject: bytes) -> tuple[str, ...]:
        """Its levels."""
        known = self._topics.get(subject)
        if known is None:
            if len(self._topics) >= MOST_TOPICS:
                self._topics.clear()
            levels = subject.decode(errors="replace").split(".")[LEVELS_BEFORE:]
            known = self._topics[subject] = tuple(levels)
        return known

    def _address(self, message: Raw) -> str:
        levels = self._topic(message.subject)
        return levels[ADDRESS_AT] if len(levels) > ADDRESS_AT else ""

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

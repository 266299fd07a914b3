"""Reading a part of the stream from a message on, in order, without the broker's bookkeeping."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.client import JetStreamContext as Context
from nats.js.errors import NotFoundError

from anlan.monitoring.stream.bookmarks import Bookmark, found_again, microseconds
from anlan.monitoring.stream.names import DEAD, DEAD_SUBJECTS, KIND, STREAM, Kind, subject

AT_ONCE = 256
BYTES_AT_ONCE = 8_000_000  # about; batches of half a million readings come one by one
FADES = 0.9  # how soon a large message is forgotten, fetch by fetch
WAIT_SECONDS = 0.5
FORGOTTEN_AFTER = 60.0  # the broker drops the consumer of one who asks no more


@dataclass(frozen=True, slots=True)
class Message:
    """``number`` is its place in the stream, ``at`` when the broker took it, µs since 1970."""

    number: int
    kind: Kind
    data: bytes
    at: int


class Follower:
    """Gives the messages of a part after number ``last``; the bookmark moves on with them."""

    stream_name = STREAM

    def __init__(self, stream: JetStreamContext, partition: int, last: int) -> None:
        self._stream = stream
        self.subject = subject(partition)
        self._asked: Context.PullSubscription | None = None
        self._largest = 125_000.0  # bytes, of late: ticks between large batches are small
        self._heard = 0  # messages since the broker was asked
        self._after = Bookmark(last)

    @property
    def last(self) -> int:
        """The number of the last message that was given."""
        return self._after.number

    @property
    def after(self) -> Bookmark:
        """Where it goes on."""
        return self._after

    def go_on_after(self, number: int, at: int = 0) -> None:
        """From here; what was asked for is not given. ``at`` 0: whatever has this number now is
        taken for what was read."""
        self._after = Bookmark(number, at)

    async def some(self) -> list[Message]:
        """What is there, at most ``AT_ONCE`` and fewer where they are large; an empty list where
        nothing came for a moment.

        After a broken link it goes on where it was: nothing twice, nothing left out.
        """
        try:
            if self._asked is None:
                self._asked = await self._ask()
            many = int(max(1, min(AT_ONCE, BYTES_AT_ONCE // self._largest)))
            found = await self._asked.fetch(many, timeout=WAIT_SECONDS)
        except TimeoutError:
            return []
        except (NatsError, OSError):
            await self.close()
            return []
        messages = [
            Message(
                each.metadata.sequence.stream,
                Kind((each.headers or {}).get(KIND, Kind.BATCH)),
                each.data,
                microseconds(each.metadata.timestamp),
            )
            for each in await self._up_to_a_gap(found)
        ]
        size = max((len(each.data) for each in messages), default=BYTES_AT_ONCE)
        self._largest = max(float(size), self._largest * FADES, 1.0)
        fresh = [each for each in messages if each.number > self.last]
        if fresh:
            self._after = Bookmark(fresh[-1].number, fresh[-1].at)
        return fresh

    async def _up_to_a_gap(self, found: list[Msg]) -> list[Msg]:
        """The client drops what it has no room for, and the broker, which waits for no
        acknowledgement, sends it to this consumer no more: then another is asked for."""
        for place, each in enumerate(found):
            if each.metadata.sequence.consumer != self._heard + 1:
                await self.close()
                return found[:place]
            self._heard += 1
        return found

    async def newest(self) -> int:
        """The number of the newest message that there is to follow; 0 where there is none."""
        try:
            found = await self._stream.get_last_msg(self.stream_name, self.subject)
        except NotFoundError:
            return 0
        return found.seq or 0

    async def close(self) -> None:
        """Let the broker forget; the next ``some`` asks anew."""
        asked, self._asked = self._asked, None
        if asked is not None:
            try:
                await asked.unsubscribe()
            except (NatsError, OSError):
                return

    async def _ask(self) -> Context.PullSubscription:
        self._after = await found_again(self._stream, self.stream_name, self._after)
        self._heard = 0
        return await self._stream.pull_subscribe(
            self.subject,
            stream=self.stream_name,
            config=ConsumerConfig(
                ack_policy=AckPolicy.NONE, deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
                opt_start_seq=self.last + 1, inactive_threshold=FORGOTTEN_AFTER,
                max_waiting=4, mem_storage=True,
            ),
        )  # fmt: skip


class Letters(Follower):
    """The same of dead letters of all protocols."""

    stream_name = DEAD

    def __init__(self, stream: JetStreamContext, last: int = 0) -> None:
        super().__init__(stream, 0, last)
        self.subject = DEAD_SUBJECTS


async def all_of(follower: Follower) -> AsyncIterator[Message]:
    """Message by message, all that there are now, however long they take to come."""
    newest, found = await follower.newest(), await follower.some()  # asked: now ``last`` is true
    while True:
        for message in found:
            yield message
        if follower.last >= newest:
            return
        found = await follower.some()

"""A connection to the broker, and the stream as it must be."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.api import DiscardPolicy, RetentionPolicy, StorageType, StoreCompression, StreamConfig
from nats.js.errors import APIError, NotFoundError, ServiceUnavailableError

from anlan.monitoring.stream.names import DEAD, DEAD_SUBJECTS, STREAM, replicas
from anlan.monitoring.stream.tap import Tappable

DAY = 24 * 3600.0
DAYS = 1.0
MOST_BYTES = 8 * 1024**3  # then the broker refuses, and the devices keep what they have
MOST_DEAD = 256 * 1024**2
DEFAULT_INBOX = "_INBOX"
PENDING = 64 * 1024 * 1024
ANSWER_SECONDS = 10.0
ELECTION_SECONDS = 60.0  # brokers of a cluster that find each other and choose whom to follow
PAUSE_SECONDS = 0.2
CLOSE_SECONDS = 5.0
NO_SUITABLE_PEERS = 10005  # of the broker's error codes: fewer brokers than replicas have joined

log = logging.getLogger("anlan.monitoring")


@dataclass(frozen=True)
class Connection:
    """The client, and its JetStream."""

    client: Client
    stream: JetStreamContext


@asynccontextmanager
async def connected(
    url: str, *, most_bytes: int = MOST_BYTES, days: float = DAYS, inbox: str = ""
) -> AsyncIterator[Connection]:
    """Connected inside the ``with`` block, again and again where the link breaks. Readings are kept
    for so many ``days``, 0: until they are taken away. ``inbox``: see :func:`linked`."""
    async with linked(url, inbox) as client:
        stream = client.jetstream(timeout=ANSWER_SECONDS, publish_async_max_pending=512)
        await _patiently(stream, most_bytes, days)
        yield Connection(client, stream)


@asynccontextmanager
async def linked(url: str, inbox: str = "") -> AsyncIterator[Tappable]:
    """The client alone, of whatever account ``url`` names; several brokers of a cluster stand with
    commas between. Answers come below the subject ``inbox``, where one is given."""
    client = Tappable()
    await client.connect(
        url.split(","), max_reconnect_attempts=-1, pending_size=PENDING,
        reconnect_time_wait=0.2,  # type: ignore[arg-type]  # fractions are taken
        allow_reconnect=True, error_cb=_ignored, disconnected_cb=_nothing, name="anlan",
        inbox_prefix=(inbox or DEFAULT_INBOX).encode(),
    )  # fmt: skip
    try:
        yield client
    finally:
        with suppress(NatsError, OSError):  # the broker may have ended before us, or stand still
            await asyncio.wait_for(client.close(), CLOSE_SECONDS)


async def _patiently(stream: JetStreamContext, most_bytes: int, days: float) -> None:
    """As :func:`ensure`. Brokers of a cluster that have not found each other do not answer, or say
    that they cannot: they are asked again. What is refused for another reason is raised at once."""
    end = time.monotonic() + ELECTION_SECONDS
    while True:
        try:
            return await ensure(stream, most_bytes, days)
        except NatsError as error:
            if _final(error) or time.monotonic() > end:
                raise
            log.info("the brokers are not ready: %s", error)
        await asyncio.sleep(PAUSE_SECONDS)


def _final(error: NatsError) -> bool:
    if not isinstance(error, APIError) or isinstance(error, ServiceUnavailableError):
        return False
    return error.err_code != NO_SUITABLE_PEERS


async def ensure(
    stream: JetStreamContext, most_bytes: int = MOST_BYTES, days: float = DAYS
) -> None:
    """Make the streams where they are missing; what is there stays as it is.

    Readings stay for ``days``, or until both readers (engine, history) have them and the stream
    fills (:mod:`.room`); each takes them at its own pace. A full stream refuses new ones rather
    than lose old ones that nobody has read. Of dead letters the oldest go first: a device that
    sends rubbish must not stop the others.
    """
    wanted = [
        StreamConfig(
            name=STREAM, subjects=["readings.*"], retention=RetentionPolicy.LIMITS,
            storage=StorageType.FILE, discard=DiscardPolicy.NEW, max_age=days * DAY,
            max_bytes=most_bytes, compression=StoreCompression.S2, duplicate_window=120.0,
            num_replicas=replicas(),
        ),
        StreamConfig(
            name=DEAD, subjects=[DEAD_SUBJECTS], retention=RetentionPolicy.LIMITS,
            storage=StorageType.FILE, discard=DiscardPolicy.OLD, max_age=min(days, 1.0) * 30 * DAY,
            max_bytes=MOST_DEAD, compression=StoreCompression.S2, duplicate_window=120.0,
            num_replicas=replicas(),
        ),
    ]  # fmt: skip
    for each in wanted:
        try:
            await stream.stream_info(each.name or "")
        except NotFoundError:
            await stream.add_stream(each)


async def _ignored(error: Exception) -> None:
    """The operation that met the error raises it; the client would print it as well."""


async def _nothing() -> None:
    """A lost link is tried again by the client."""

"""The newest readings of points, asked of the worker that knows them.

The engine has the newest reading of each point in its arrays anyway. So nobody writes it down for
pages: a page asks the worker of the part, over the broker, and the worker answers from its arrays
(docs/decisions/0015). A question and its answer are small messages that lie on no stream.

Question: a byte of :class:`Ask`, then the points as u32, little-endian. Answer: the time of the
stream (i64, ms), then a row of :data:`ROW` for each point that the engine knows; empty while the
worker has no engine yet.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from anlan.monitoring.engine import Engine
from anlan.monitoring.engine.plan import Ints
from anlan.monitoring.engine.state import NEVER

ROW = np.dtype(
    [("point", "<u4"), ("time", "<i8"), ("value", "<f8"), ("quality", "u1"), ("silent", "?")]
)
NOW = np.dtype("<i8")
MOST = 200_000  # points in one question: the answer stays below what the broker lets pass
WAIT_SECONDS = 1.0


class Ask(IntEnum):
    """What is asked."""

    # the points that the question names
    THESE = 0
    # every point that is silent or has never sent anything
    SILENT = 1


class NoAnswer(Exception):
    """No worker of the part answers: what its points say now is not known."""


@dataclass(frozen=True, eq=False)
class Answer:
    """``now``: how far the worker's clock has come, ms; ``rows``: see :data:`ROW`. The time of a
    point that has never sent anything is ``NEVER``."""

    now: int
    rows: npt.NDArray[Any]


def live_subject(partition: int) -> str:
    """Where questions for a part are asked."""
    return f"live.{partition}"


async def ask(client: Client, partition: int, points: Sequence[int]) -> Answer:
    """The newest reading of each of ``points``, at most ``MOST``, that the engine knows."""
    return await _request(client, partition, Ask.THESE, np.array(points, "<u4").tobytes())


async def ask_silent(client: Client, partition: int) -> Answer:
    """The points of the part that send nothing now or have never sent anything."""
    return await _request(client, partition, Ask.SILENT, b"")


async def _request(client: Client, partition: int, what: Ask, points: bytes) -> Answer:
    try:
        found = await client.request(
            live_subject(partition), bytes([what]) + points, timeout=WAIT_SECONDS
        )
    except (NatsError, TimeoutError, OSError) as error:
        raise NoAnswer(f"part {partition}") from error
    if not found.data:
        raise NoAnswer(f"part {partition}: its worker begins")
    now = int(np.frombuffer(found.data, NOW, 1)[0])
    return Answer(now, np.frombuffer(found.data, ROW, offset=NOW.itemsize))


@asynccontextmanager
async def answering(
    client: Client, partition: int, engine: Callable[[], Engine | None]
) -> AsyncIterator[None]:
    """Answer questions for the part inside the ``with`` block, on the loop on which the engine
    works: it is never seen in the middle of a batch."""

    async def reply(message: Msg) -> None:
        at_work = engine()
        await message.respond(b"" if at_work is None else answer(at_work, message.data))

    asked = await client.subscribe(live_subject(partition), cb=reply)
    await client.flush()  # the broker knows of it from here on
    try:
        yield
    finally:
        await asked.unsubscribe()


def answer(engine: Engine, question: bytes) -> bytes:
    """What the engine knows; points that it does not know are left out."""
    silent = _silent(engine)
    if question[0] == Ask.SILENT:
        place = np.flatnonzero(silent | (engine.state.newest == NEVER))[:MOST]
    else:
        found = engine.plan.places(np.frombuffer(question, "<u4", offset=1)[:MOST])
        place = found[found >= 0]
    rows = np.empty(len(place), ROW)
    rows["point"] = engine.plan.points[place]
    rows["time"] = engine.state.newest[place]
    rows["value"] = engine.state.shown[place]
    rows["quality"] = engine.state.quality[place]
    rows["silent"] = silent[place]
    return np.array(engine.state.now, NOW).tobytes() + rows.tobytes()


def _silent(engine: Engine) -> npt.NDArray[np.bool_]:
    """Points at which a rule of silence has been raised."""
    silent = np.zeros(len(engine.plan.points), bool)
    watches: Ints = engine.plan.silences
    silent[engine.plan.point_of[watches[engine.state.raised[watches]]]] = True
    return silent

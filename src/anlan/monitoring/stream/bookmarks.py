"""How far somebody has read a stream, and finding the place again after a power cut."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import NamedTuple

from nats.js import JetStreamContext
from nats.js.errors import NotFoundError

log = logging.getLogger("anlan.monitoring")
SAME_US = 1_000  # the client gives moments by a float; other messages of a number are minutes apart


class Bookmark(NamedTuple):
    """How far somebody has read: the last message's ``number``, and ``at``, when the broker took it
    (µs since 1970; 0: not known).

    The number alone does not name a message for ever. A broker whose power was cut has lost what
    it had not yet written, and gives the numbers to other messages; a stream that was made anew
    counts from 1. Then what was taken after ``at`` has not been read.
    """

    number: int = 0
    at: int = 0


async def found_again(stream: JetStreamContext, name: str, after: Bookmark) -> Bookmark:
    """Where to go on in the stream ``name``: after the bookmark's message, or, where that is
    another now or gone, after the last that the broker took until then."""
    number, at = after
    state = (await stream.stream_info(name)).state
    reader = _Reader(stream, name)
    if number > state.last_seq:
        number = await reader.taken_by(at, state.first_seq - 1, state.last_seq + 1)
    elif at and number >= state.first_seq and await reader.is_another(number, at):
        number = await reader.taken_by(at, state.first_seq - 1, number)
    else:
        return after
    log.warning(
        "the stream %s has lost its end or was made anew: following it after message %s, not %s",
        name, number, after.number,
    )  # fmt: skip
    return Bookmark(number)


def microseconds(moment: datetime) -> int:
    """Since 1970."""
    return round(moment.timestamp() * 1_000_000)


class _Reader:
    def __init__(self, stream: JetStreamContext, name: str) -> None:
        self._stream, self._name = stream, name

    async def is_another(self, number: int, at: int) -> bool:
        found = await self._at(number)
        return found is not None and abs(found - at) > SAME_US

    async def taken_by(self, at: int, low: int, high: int) -> int:
        """The last message, between these two, that the broker took until ``at``: half by half. One
        that was purged counts as later: rather twice than never."""
        while at and high - low > 1:
            middle = (low + high) // 2
            found = await self._at(middle)
            if found is None or found > at + SAME_US:
                high = middle
            else:
                low = middle
        return max(low, 0)

    async def _at(self, number: int) -> int | None:
        """When the broker took this message, µs since 1970; None where it is kept no more."""
        try:
            found = await self._stream.get_msg(self._name, seq=number)
        except NotFoundError:
            return None
        return microseconds(found.time) if found.time else None

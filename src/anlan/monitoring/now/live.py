"""What points say now: asked of the worker that judges them, never read from a table.

Where the worker does not answer, nothing is made up: the page says that the newest values are not
known. :func:`latest` and :func:`silent` cost a question to each part of the stream, however many
points it has (docs/decisions/0015).
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.utils import timezone
from nats.aio.client import Client

from anlan.monitoring.engine.state import NEVER
from anlan.monitoring.gateways.contracts import NotStored
from anlan.monitoring.now.bridge import bridge
from anlan.monitoring.protocols.batch import Quality
from anlan.monitoring.stream.asking import MOST, Answer, NoAnswer, ask, ask_silent
from anlan.monitoring.stream.connection import Connection
from anlan.monitoring.stream.names import partition_of, partitions

# The worker tells its parts the time each second; one that is further behind judges late.
BEHIND_SECONDS = 10
CONNECT_SECONDS = 0.5
# A part that did not answer is not asked again for so long: pages ask each second, and each
# question that nobody answers would hold one of the few threads that answer pages.
AWAY_SECONDS = 3.0

_away: dict[int, float] = {}  # part: until when it is not asked
Question = tuple[int, tuple[int, ...] | None]  # the part; its points, None: the silent ones


@dataclass(frozen=True)
class Reading:
    """The newest reading of a point. ``time`` by the device's clock, None: nothing ever came.
    ``value`` None: a reading without one (a broken line). ``silent``: a rule of silence is raised.
    """

    time: datetime | None
    value: float | None
    quality: Quality
    silent: bool


@dataclass
class Latest:
    """Newest readings by point. ``missing``: parts whose worker gave no answer. ``behind``: how
    many seconds the slowest of the others is late."""

    readings: dict[int, Reading] = field(default_factory=dict)
    missing: set[int] = field(default_factory=set)
    behind: int = 0

    @property
    def known(self) -> bool:
        """Whether every part that was asked has answered."""
        return not self.missing

    def take(self, given: Answer) -> None:
        """What one part says."""
        late = int(timezone.now().timestamp() - given.now / 1000)
        self.behind = max(self.behind, late if late > BEHIND_SECONDS else 0)
        for point, at, value, quality, quiet in given.rows.tolist():
            came = None if at == NEVER else datetime.fromtimestamp(at / 1000, UTC)
            self.readings[point] = Reading(
                came, None if math.isnan(value) else value, Quality(quality), quiet
            )


def latest(points: Iterable[tuple[int, int]]) -> Latest:
    """The newest readings of points, each given with its site. A point that its worker does not
    know yet (registered a second ago) has none."""
    parts = defaultdict[int, list[int]](list)
    for point, site in points:
        parts[partition_of(site)].append(point)
    asked = [
        (part, tuple(chosen[begin : begin + MOST]))
        for part, chosen in parts.items()
        for begin in range(0, len(chosen), MOST)
    ]
    return _gathered(asked)


def silent() -> Latest:
    """Every point that sends nothing now or has never sent anything."""
    return _gathered([(part, None) for part in range(partitions())])


def _gathered(wanted: Sequence[Question]) -> Latest:
    now = time.monotonic()
    found = Latest(missing={part for part, _ in wanted if _away.get(part, 0.0) > now})
    asked = [each for each in wanted if each[0] not in found.missing]
    for (part, _), given in zip(asked, _answers(asked), strict=True):
        if given is None:
            found.missing.add(part)
            _away[part] = now + AWAY_SECONDS
        else:
            found.take(given)
    return found


def _answers(asked: Sequence[Question]) -> list[Answer | None]:
    """In the order of the questions; None where nobody answered."""
    if not asked:
        return []

    async def work(connection: Connection) -> list[Answer | None]:
        return await asyncio.gather(*(_one(connection.client, *each) for each in asked))

    try:
        return bridge.run(work, CONNECT_SECONDS)
    except NotStored:  # the broker itself does not answer
        return [None] * len(asked)


async def _one(client: Client, part: int, points: tuple[int, ...] | None) -> Answer | None:
    try:
        return await (ask_silent(client, part) if points is None else ask(client, part, points))
    except NoAnswer:
        return None

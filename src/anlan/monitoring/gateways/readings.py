"""From values by address to a batch of a device's own points, with times that can be trusted."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime

import numpy as np

from anlan.monitoring.gateways.contracts import Known
from anlan.monitoring.protocols.batch import Batch, Quality

# Milliseconds. A reading of the future would silence its point until then, and one of a clock that
# has fallen back to the year 2000 would count as late news and alarm nobody: both are given the
# time at which they came. The bounds are assumptions.
AHEAD = 10 * 60_000
DAY = 24 * 3600_000
LIVE = 7 * DAY
"""The oldest news of a protocol of alarms."""
HISTORY = 366 * DAY
"""The oldest of one that also sends its records later."""


def milliseconds(now: float) -> int:
    """Of ``now``, seconds since 1970 UTC."""
    return round(now * 1000)


def trusted(batch: Batch, received: int, oldest: int) -> Batch:
    """``batch`` with impossible times replaced by ``received`` and said not to be trusted."""
    wrong = (batch.time > received + AHEAD) | (batch.time < received - oldest)
    if not wrong.any():
        return batch
    doubtful = wrong & (batch.quality == Quality.GOOD)
    return Batch.of(
        batch.point,
        np.where(wrong, received, batch.time),
        batch.value,
        np.where(doubtful, int(Quality.TIME_NOT_TRUSTED), batch.quality),
    )


class Readings:
    """Collects what a device says; an address that is not its own goes to ``strange``."""

    def __init__(self, device: Known, now: float, oldest: int) -> None:
        self._points = device.points
        self._received = milliseconds(now)
        self._oldest = oldest
        self.rows: list[tuple[int, int, float, int]] = []
        self.strange: list[str] = []

    def __len__(self) -> int:
        return len(self.rows)

    def knows(self, address: str) -> bool:
        """Whether the device speaks for a point at ``address``."""
        return address in self._points

    def add(
        self,
        address: str,
        time: datetime | None,
        value: float | None,
        quality: Quality = Quality.GOOD,
    ) -> None:
        """``time`` None: when it came, not trusted. ``value`` None: none, a fault where the
        device says nothing worse."""
        point = self._points.get(address)
        if point is None:
            self.strange.append(address)
            return
        at, trusted = self._moment(time)
        if value is None or not math.isfinite(value):
            value, quality = math.nan, quality or Quality.SENSOR_FAULT
        elif not trusted:
            quality = quality or Quality.TIME_NOT_TRUSTED
        self.rows.append((point, at, value, quality))

    def batch(self) -> Batch:
        return together([self])

    def _moment(self, time: datetime | None) -> tuple[int, bool]:
        """As ``trusted`` has it; and whether the device's own time was taken."""
        if time is not None:
            at = milliseconds(time.timestamp())
            if self._received - self._oldest <= at <= self._received + AHEAD:
                return at, True
        return self._received, False


def together(found: Iterable[Readings]) -> Batch:
    """All readings in order, made columns at once: column by column is dear for a few."""
    rows = [row for each in found for row in each.rows]
    point, time, value, quality = zip(*rows, strict=True) if rows else [()] * 4
    return Batch.of(point, time, value, quality)


def listed(addresses: list[str], most: int = 5) -> str:
    """The first of ``addresses`` for a sentence, each once."""
    different = list(dict.fromkeys(addresses))
    more = f" 等 {len(different)} 个" if len(different) > most else ""
    return "、".join(address[:60] for address in different[:most]) + more

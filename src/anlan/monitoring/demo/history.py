"""Invented readings of the demonstration's points for the days before it began, so that curves and
trials of rules have a past. Each excursion over a limit is meant."""

from __future__ import annotations

import zlib
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from django.conf import settings
from django.utils import timezone

from anlan.monitoring.choices import Quantity
from anlan.monitoring.demo import peaks
from anlan.monitoring.models import Point

DAYS = 8
EVERY = 60_000  # ms between two readings
DAY = 24 * 3_600_000
PART = 9_999  # of no stream: the demonstration's own
Floats = npt.NDArray[np.float64]
Span = tuple[int, int]  # ms

# usual value, how far the day moves it, noise, farthest excursion; of what is not named a tenth to
# a half of the range. The simulated devices go on about there.
USUAL = {
    Quantity.METHANE: (0.45, 0.15, 0.02, 1.35),
    Quantity.CO: (9.0, 3.0, 0.8, 32.0),
    Quantity.WIND: (1.6, 0.3, 0.05, -1.45),
    Quantity.FAN: (1.0, 0.0, 0.0, 0.0),
    Quantity.LEVEL: (17.0, 1.0, 0.02, 6.0),
    Quantity.BEACH: (168.0, 8.0, 0.3, -60.0),
    Quantity.SEEPAGE: (16.8, 0.5, 0.03, -6.0),
}
EXCURSIONS = 5  # in all days, of each point


def write(
    points: list[Point],
    elsewhere: Mapping[int, Span] | None = None,
    over: peaks.Peaks | None = None,
) -> int:
    """Append the readings to the history, with the peaks; how many. Of the sites in ``elsewhere``
    the time from one ms to another is told by somebody else."""
    from anlan.monitoring.history.table import History  # Arrow: not for every process
    from anlan.monitoring.protocols.batch import Batch

    end = int(timezone.now().timestamp() * 1000) // EVERY * EVERY
    time = np.arange(end - DAYS * DAY, end, EVERY, dtype=np.int64)
    history, count = History.at(settings.VAR / "history"), 0
    for begin in range(0, len(time), len(time) // DAYS):
        of_day = time[begin : begin + len(time) // DAYS]
        values = np.concatenate([_values(each, of_day) for each in points])
        numbers = np.repeat(np.array([each.pk for each in points], np.uint32), len(of_day))
        times = np.tile(of_day, len(points))
        values = peaks.put(over or {}, numbers, times, values)
        ours = np.concatenate([_ours(of_day, (elsewhere or {}).get(p.site_id)) for p in points])
        quality = np.zeros(np.count_nonzero(ours), np.uint8)
        history.append(PART, Batch(numbers[ours], times[ours], values[ours], quality), 0)
        count += len(quality)
    return count


def _ours(time: npt.NDArray[np.int64], others: Span | None) -> npt.NDArray[np.bool_]:
    begin, end = others or (0, 0)
    return (time < begin) | (time >= end)


def _values(point: Point, time: npt.NDArray[np.int64]) -> Floats:
    """The same for the same point and times, on whatever day they are asked for."""
    low, high = point.low or 0.0, 1.0 if point.high is None else point.high
    usual, swing, noise, farthest = USUAL.get(
        Quantity(point.quantity), (0.3 * high, 0.1 * high, 0.01 * high, 0.0)
    )
    seed = zlib.crc32(f"{point.site} {point.name}".encode())
    grain = np.random.default_rng([seed, int(time[0] // EVERY)]).normal(0.0, 1.0, len(time))
    phase = 2 * np.pi * ((time % DAY) / DAY + seed % 97 / 97)
    value = usual + swing * np.sin(phase) + noise * grain
    value = np.clip(value + farthest * _excursions(seed, time), low, high)
    return peaks.stepped(value, point.resolution)


def _excursions(seed: int, time: npt.NDArray[np.int64]) -> Floats:
    """Bumps of 10 to 40 minutes, between a third and the whole of the farthest."""
    chance = np.random.default_rng(seed)
    now = int(timezone.now().timestamp() * 1000)
    total = np.zeros(len(time))
    for _ in range(EXCURSIONS):
        at = now - chance.random() * DAYS * DAY
        width, height = (10 + 30 * chance.random()) * 60_000, 1 / 3 + chance.random() * 2 / 3
        total = np.maximum(total, height * np.exp(-(((time - at) / width) ** 2)))
    return total

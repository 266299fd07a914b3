"""The demonstration's alarms in the curves of their points: who opens an alarm of 1.62 % must find
1.62 % there; and readings as a sensor can say them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from anlan.monitoring.choices import MeasureKind
from anlan.monitoring.models import Alarm

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.integer]
FALLS_BACK = 0.06  # share of the value by which readings of a peak stay behind it
WAVE = 97_000  # ms; so that a peak is no plateau, which would look touched
UNKNOWN_STEP = 0.01  # of a point that does not say its own
DECIMALS = 9  # beyond which a product of steps is noise of the arithmetic


class Peak(NamedTuple):
    """From and to in ms; the value at the beginning; the sensor's smallest step, if it is known."""

    begin: int
    end: int
    value: float
    step: float | None


Peaks = Mapping[int, Peak]  # of a point, by its number


def of(alarms: Iterable[Alarm], now: int) -> Peaks:
    """Of alarms that a reading raised; one that goes on lasts up to ``now`` (ms)."""
    return {
        each.point_id: Peak(
            each.begin_ms, each.cleared_ms or now, each.value, each.point.resolution
        )
        for each in alarms
        if each.value is not None and each.version.measure == MeasureKind.VALUE
    }


def put(peaks: Peaks, points: Numbers, times: Numbers, values: Floats) -> Floats:
    """The readings with the peaks in them. All three arrays are as long; times in ms."""
    found = values.copy()
    for point, peak in peaks.items():
        inside = (points == point) & (times >= peak.begin) & (times <= peak.end)
        if not inside.any():
            continue
        after = times[inside] - times[inside].min()
        share = 1 - FALLS_BACK * (1 - np.cos(2 * np.pi * after / WAVE)) / 2
        found[inside] = stepped(peak.value * share, peak.step)
    return found


def stepped(values: Floats, step: float | None) -> Floats:
    """Multiples of the smallest step that the sensor shows."""
    step = step or UNKNOWN_STEP
    return np.asarray(np.round(np.round(values / step) * step, DECIMALS), np.float64)

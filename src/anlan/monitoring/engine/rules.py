"""What the engine is told to watch, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

WEEK_MINUTES = 7 * 24 * 60
CITY_OFFSET = 8 * 3600 * 1000  # Asia/Shanghai, ms; without summer time since 1991
_MONDAY = 4 * 24 * 60  # 1970-01-01 was a Thursday: minutes from that midnight to Monday's


class Measure(IntEnum):
    """Which number of a point's readings is compared with the limit."""

    VALUE = 0
    # change since the reading before, per minute
    RATE = 1
    # of the readings of the last ``window`` (see ``windows``)
    MEAN = 2
    SPREAD = 3
    # 1 where the sensor says that it is at fault, else 0
    QUALITY = 4
    # how long nothing has come, ms
    SILENCE = 5


class Key(NamedTuple):
    """What a watch is known by, also after a change of rules."""

    rule: int
    version: int
    level: int
    point: int


@dataclass(frozen=True, slots=True)
class Watch:
    """One level of a rule at one point.

    ``limit`` is reached at the limit itself; the way back is over once the number lies beyond
    ``back`` (default ``limit``). ``hold`` and ``window`` in ms; ``calendar`` is a place in the
    plan's calendars. Raises ValueError where the way back lies on the wrong side.
    """

    key: Key
    limit: float
    measure: Measure = Measure.VALUE
    above: bool = True
    back: float | None = None
    hold: int = 0
    window: int = 0
    calendar: int | None = None

    def __post_init__(self) -> None:
        if not np.isfinite(self.limit) or not np.isfinite(self.release):
            raise ValueError("报警值和解除值必须是有限的数")
        wrong = self.release > self.limit if self.above else self.release < self.limit
        if wrong:
            raise ValueError("解除值必须在报警值的正常一侧")
        if self.hold < 0 or self.window < 0:
            raise ValueError("持续时间和统计时段不能为负")
        if (self.measure in (Measure.MEAN, Measure.SPREAD)) != bool(self.window):
            raise ValueError("统计时段只用于均值和波动，并且必须给出")

    @property
    def release(self) -> float:
        """The limit of the way back."""
        return self.limit if self.back is None else self.back


@dataclass(frozen=True, slots=True)
class Combination:
    """On while at least ``need`` of ``inputs`` are raised: an input is while any of its keys is. A
    key may be of a combination too, if that stands before this one. ``key.point`` is the point that
    the alarm is shown at."""

    key: Key
    inputs: tuple[tuple[Key, ...], ...]
    need: int
    hold: int = 0

    def __post_init__(self) -> None:
        if not all(self.inputs) or not 0 < self.need <= len(self.inputs):
            raise ValueError("组合条件需要的个数必须在 1 和条件个数之间")
        if self.hold < 0:
            raise ValueError("持续时间不能为负")

    @property
    def heard(self) -> tuple[Key, ...]:
        """All keys of its inputs, each once."""
        return tuple(dict.fromkeys(key for each in self.inputs for key in each))


Calendar = npt.NDArray[np.bool_]


def calendar(*spans: tuple[int, int, int]) -> Calendar:
    """Minutes of the week in which a rule applies, from (weekday, first minute, minute after the
    last); Monday is 0. A span whose end is not after its beginning goes on into the next day."""
    minutes = np.zeros(WEEK_MINUTES, bool)
    for weekday, begin, end in spans:
        length = end - begin if end > begin else end - begin + 24 * 60
        start = weekday * 24 * 60 + begin
        minutes[np.arange(start, start + length) % WEEK_MINUTES] = True
    return minutes


def minute_of_week(time: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Of moments in ms, by the city's clock."""
    return ((time + CITY_OFFSET) // 60_000 - _MONDAY) % WEEK_MINUTES

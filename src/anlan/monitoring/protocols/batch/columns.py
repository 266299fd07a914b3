"""Many readings as columns: what gateways make, the stream carries and the engine evaluates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

MOST_READINGS = 1_000_000
# Years 1 to 9999: what a date can say. Milliseconds since 1970-01-01 UTC.
EARLIEST, LATEST = -62_135_596_800_000, 253_402_300_799_999

Points = npt.NDArray[np.uint32]
Times = npt.NDArray[np.int64]
Values = npt.NDArray[np.float64]
Qualities = npt.NDArray[np.uint8]


Row = tuple[int, int, float, int]
"""Point, time (ms since 1970 UTC), value (NaN: none), quality: a reading that is no column yet."""


class Quality(IntEnum):
    """Whether a value may be believed."""

    GOOD = 0
    OUT_OF_RANGE = 1
    SENSOR_FAULT = 2
    LINE_BROKEN = 3
    CALIBRATING = 4
    SUBSTITUTED = 5
    TIME_NOT_TRUSTED = 6

    @property
    def words(self) -> str:
        """For people."""
        return _QUALITY_WORDS[self]


WORST = int(max(Quality))  # a constant: asking the enumeration each time costs more than the check
_QUALITY_WORDS = {
    Quality.GOOD: "正常", Quality.OUT_OF_RANGE: "超量程", Quality.SENSOR_FAULT: "传感器故障",
    Quality.LINE_BROKEN: "断线", Quality.CALIBRATING: "标校中", Quality.SUBSTITUTED: "人工替代",
    Quality.TIME_NOT_TRUSTED: "设备时间不可信",
}  # fmt: skip


class BadReading(ValueError):
    """Reading number ``index`` (from 0) cannot be in a batch; ``column`` is its fault's."""

    def __init__(self, reason: str, column: str, index: int) -> None:
        super().__init__(f"第 {index + 1} 条读数{reason}")
        self.column, self.index = column, index


@dataclass(frozen=True, eq=False)
class Batch:
    """Four columns of one length, in the order of arrival; the same reading twice stays twice.

    NaN means "no value" (a broken line has none) and stands only beside a quality that is not
    good; infinity never stands. Arrays must not be written to: they may be views of a message.
    """

    point: Points
    time: Times
    value: Values
    quality: Qualities

    def __post_init__(self) -> None:
        """Raises ``ValueError``; ``BadReading`` where one reading is to blame."""
        for name, dtype in _DTYPES.items():
            column = getattr(self, name)
            if column.dtype != dtype or column.shape != (len(self.point),):
                raise ValueError(f"{name} must be {dtype}, as long as point")
        _check(self)

    @classmethod
    def of(
        cls, point: npt.ArrayLike, time: npt.ArrayLike, value: npt.ArrayLike, quality: npt.ArrayLike
    ) -> Batch:
        """From anything that NumPy takes; raises ``ValueError`` where a number does not fit."""
        try:
            return cls(
                _fitting(point, np.uint32), _fitting(time, np.int64),
                np.asarray(value, np.float64), _fitting(quality, np.uint8),
            )  # fmt: skip
        except (TypeError, OverflowError) as error:
            raise ValueError("有的数不能放进批次的列") from error

    @classmethod
    def joined(cls, batches: Sequence[Batch]) -> Batch:
        """One after another."""
        if len(batches) == 1:
            return batches[0]
        return cls(*(np.concatenate([getattr(each, name) for each in batches]) for name in _DTYPES))

    def __len__(self) -> int:
        return len(self.point)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Batch):
            return NotImplemented
        return all(
            np.array_equal(getattr(self, name), getattr(other, name), equal_nan=name == "value")
            for name in _DTYPES
        )

    __hash__ = None  # type: ignore[assignment]  # two batches may be equal, hashing all costs

    def take(self, chosen: npt.NDArray[np.intp] | slice) -> Batch:
        """The readings at these places."""
        return Batch(*(getattr(self, name)[chosen] for name in _DTYPES))


_DTYPES = {"point": "u4", "time": "i8", "value": "f8", "quality": "u1"}


Whole = TypeVar("Whole", bound=np.integer[Any])


def _fitting(given: npt.ArrayLike, dtype: type[Whole]) -> npt.NDArray[Whole]:
    array = np.asarray(given)
    if array.size == 0:
        return np.empty(0, dtype)
    with np.errstate(invalid="ignore"):  # a NaN that becomes no whole number is refused below
        fits = array.astype(dtype)
    if not np.array_equal(fits, array):
        raise ValueError(f"有的数放不进 {fits.dtype}")
    return fits


def _check(batch: Batch) -> None:
    finite = np.isfinite(batch.value)
    if not finite.all():
        lacking = np.isnan(batch.value) & (batch.quality != Quality.GOOD)
        _refuse(~(finite | lacking), "的值不是有限的数；没有值用 NaN，且质量不能是“正常”", "value")
    _refuse(batch.quality > WORST, f"的质量不在 0–{WORST} 之内", "quality")
    late = (batch.time < EARLIEST) | (batch.time > LATEST)
    _refuse(late, "的时间不在公元 1–9999 年之内", "time")


def _refuse(bad: npt.NDArray[np.bool_], reason: str, column: str) -> None:
    if bad.any():
        raise BadReading(reason, column, int(bad.argmax()))


def split(batch: Batch, *, span: int, most: int = MOST_READINGS) -> Iterator[Batch]:
    """Parts of at most ``most`` readings, whose times lie at most ``span`` ms apart.

    Readings keep their order within a part; parts follow each other in time where one part could
    not span all.
    """
    if len(batch) == 0:
        return
    slot = (batch.time - batch.time.min()) // (span + 1)
    if slot.any():
        order = np.argsort(slot, kind="stable")
        borders = np.flatnonzero(np.diff(slot[order])) + 1
        groups = [batch.take(chosen) for chosen in np.split(order, borders)]
    else:
        groups = [batch]
    for group in groups:
        for begin in range(0, len(group), most):
            yield group.take(slice(begin, begin + most))


def gathered(batches: Iterable[Batch], most: int) -> Iterator[Batch]:
    """Neighbours joined for as long as they have at most ``most`` readings; larger ones alone."""
    together: list[Batch] = []
    count = 0
    for batch in batches:
        if together and count + len(batch) > most:
            yield Batch.joined(together)
            together, count = [], 0
        together.append(batch)
        count += len(batch)
    if together:
        yield Batch.joined(together)

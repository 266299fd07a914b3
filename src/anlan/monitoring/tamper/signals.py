"""What the detector says: signals, and what it could not judge."""

from __future__ import annotations

from dataclasses import dataclass, replace

FROZEN, CALM, CLIPPED, COPIED = "frozen", "calm", "clipped", "copied"
GAP, CLOCK, NEIGHBOURS, STATE = "gap", "clock", "neighbours", "state"

KINDS: dict[str, str] = {
    FROZEN: "读数冻结",
    CALM: "波动骤减",
    CLIPPED: "压在限值下",
    COPIED: "读数照搬",
    GAP: "关键时段缺数",
    CLOCK: "时钟异常",
    NEIGHBOURS: "与相邻测点不符",
    STATE: "与供电通风状态不符",
}
"""Each kind with the words that people read."""


@dataclass(frozen=True, slots=True)
class Signal:
    """A stretch that looks touched: times in ms, both ends belong to it; ``why`` in Chinese.

    ``score`` is minus the decimal logarithm of how many such stretches an untouched point-year is
    expected to show: 0 is one, 3 is a thousandth.
    """

    kind: str
    point: str
    start: int
    end: int
    score: float
    why: str
    beside: tuple[str, ...] = ()
    """Other points whose readings prove it."""

    def moved(self, by: int) -> Signal:
        """The same, all times later by so many milliseconds."""
        return replace(self, start=self.start + by, end=self.end + by)


@dataclass(frozen=True, slots=True)
class Unjudged:
    """What the detector cannot see at a point, and why, in Chinese."""

    kind: str
    point: str
    why: str

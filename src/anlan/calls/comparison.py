"""This call beside the last one: plain arithmetic, no database.

What one of the two does not have is None, never zero: an area that was not there did not improve.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from anlan.calls.choices import Change
from anlan.plan.choices import Standing


@dataclass(frozen=True)
class Stood:
    """How an area stood: its counts by standing, and its rank (None: it takes no part)."""

    counts: Mapping[str, int] = field(default_factory=dict)
    rank: int | None = None

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def count(self, standing: str) -> int:
        return self.counts.get(standing, 0)

    def __add__(self, other: Stood) -> Stood:
        return Stood(Counter(self.counts) + Counter(other.counts))


@dataclass(frozen=True)
class Line:
    """An area (``key``, ``name``) then and now."""

    key: int
    name: str
    then: Stood | None
    now: Stood | None

    def change(self, standing: str) -> int | None:
        """How many more stand there than then; None where one of the two is missing."""
        if self.then is None or self.now is None:
            return None
        return self.now.count(standing) - self.then.count(standing)

    @property
    def climbed(self) -> int | None:
        """By how many places it rose; negative: it fell. None where it has no rank in both."""
        if self.then is None or self.now is None:
            return None
        if self.then.rank is None or self.now.rank is None:
            return None
        return self.then.rank - self.now.rank


def lines(
    now: Mapping[int, Stood], then: Mapping[int, Stood] | None, names: Mapping[int, str]
) -> list[Line]:
    """One line for each that stands in either: those of now in their order, best rank first where
    they have ranks, then those that only the last one had. ``then`` None: nothing to compare with.
    """
    before = then or {}
    keys = sorted(now, key=lambda key: (now[key].rank is None, now[key].rank or 0))
    keys += [key for key in before if key not in now]
    return [Line(key, names[key], before.get(key), now.get(key)) for key in keys]


def total(found: Iterable[Line], *, compared: bool) -> Line:
    """All lines together."""
    listed = list(found)
    now = sum((line.now for line in listed if line.now), Stood())
    then = sum((line.then for line in listed if line.then), Stood()) if compared else None
    return Line(0, "合计", then, now)


def change(was: str | None, now: str) -> str:
    """What became of a duty that stood ``was`` at the last call (None: it was not there yet).

    Only asked where there is a last call: without one nothing is new.
    """
    if now == Standing.OVERDUE:
        return Change.AGAIN if was == Standing.OVERDUE else Change.NEW
    if was == Standing.OVERDUE:
        return Change.SETTLED if now == Standing.MET else Change.LIFTED
    return ""

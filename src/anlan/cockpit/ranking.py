"""Who lags, and why: plain arithmetic over counts, no database.

The order is by what is worst: the share of overdue duties, then of those at risk, then of those
that nobody has reported on; where all are equal, the larger share of met ones is ahead. Shares,
not numbers: an area with few duties and one with many are compared fairly, and both show.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from anlan.plan.choices import Standing

REASONS = 2  # key duties that a reason names
# What a reason looks for, worst first, and what it calls it.
_BAD = (
    (Standing.OVERDUE, "逾期"),
    (Standing.AT_RISK, "有风险"),
    (Standing.NOT_MEASURED, "未计量"),
)


@dataclass(frozen=True)
class Side:
    """One side of a comparison (an area): its counts by standing, in all and by key duty number."""

    name: str
    counts: Mapping[str, int]
    by_key_duty: Mapping[int, Mapping[str, int]] = field(default_factory=dict)
    url: str = ""
    code: str = ""

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def share(self, standing: str) -> Fraction:
        """Of all its duties, how many stand there."""
        return Fraction(self.counts.get(standing, 0), self.total) if self.total else Fraction(0)

    def percent(self, standing: str) -> int:
        """The share in whole percent, never 0 or 100 unless it is exactly that."""
        share = self.share(standing)
        rounded = round(share * 100)
        return min(99, max(1, rounded)) if 0 < share < 1 else rounded

    def words(self, standing: str) -> str:
        """The share as people read it: 12%, <1%."""
        share = self.share(standing)
        return "<1%" if 0 < share < Fraction(1, 100) else f"{self.percent(standing)}%"


@dataclass(frozen=True)
class Place:
    """``rank`` 1 is the best; equals share a rank. ``reason``: what keeps it down, in words."""

    rank: int
    side: Side
    reason: str


def rank(sides: Iterable[Side]) -> list[Place]:
    """Best first; who has no duties takes no part."""
    order = sorted((each for each in sides if each.total), key=lambda s: (_key(s), s.code, s.name))
    places: list[Place] = []
    for index, side in enumerate(order):
        equal = index > 0 and _key(order[index - 1]) == _key(side)
        number = places[-1].rank if equal else index + 1
        places.append(Place(number, side, reason(side)))
    return places


def reason(side: Side) -> str:
    """逾期 5 项，主要在第 4、12 项任务: of the worst standing that it has; else all is well."""
    for standing, words in _BAD:
        if not side.counts.get(standing):
            continue
        where = Counter({n: c.get(standing, 0) for n, c in side.by_key_duty.items()})
        bad = [number for number, count in where.items() if count]
        most = sorted(bad, key=lambda number: (-where[number], number))
        named = "、".join(str(n) for n in sorted(most[:REASONS]))
        mostly = "主要在" if len(most) > REASONS else "在"
        return f"{words} {side.counts[standing]} 项" + (
            f"，{mostly}第 {named} 项任务" if named else ""
        )
    return "没有逾期和有风险的任务"


def _key(side: Side) -> tuple[Fraction, ...]:
    return (*(side.share(standing) for standing, _ in _BAD), -side.share(Standing.MET))

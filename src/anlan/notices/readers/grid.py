"""Tables from ruled lines: which cells a set of horizontal and vertical rules encloses."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Rule:
    """A ruled line, horizontal or vertical, from its upper left to its lower right end."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def horizontal(self) -> bool:
        return self.x1 - self.x0 >= self.y1 - self.y0


_TOLERANCE = 4.0
"""Distance (points or pixels) within which two rules are one, or touch."""
_MOSTLY = 0.6  # share of a cell's side that must be ruled to separate it from its neighbour


@dataclass
class Grid:
    """A table: the places of its columns and rows, and for each place the cell that covers it."""

    xs: list[float]
    ys: list[float]
    horizontal: list[Rule]
    vertical: list[Rule]
    _owner: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for row in range(self.row_count):
            for column in range(self.column_count):
                self._owner[row, column] = self._cover(row, column)

    @property
    def row_count(self) -> int:
        return len(self.ys) - 1

    @property
    def column_count(self) -> int:
        return len(self.xs) - 1

    def holds(self, x: float, y: float) -> bool:
        """Whether the point lies in the table."""
        return self.xs[0] <= x <= self.xs[-1] and self.ys[0] <= y <= self.ys[-1]

    def cell(self, x: float, y: float) -> tuple[int, int]:
        """Row and column of the (merged) cell at a point inside the table."""
        row = min(max(bisect_right(self.ys, y) - 1, 0), self.row_count - 1)
        column = min(max(bisect_right(self.xs, x) - 1, 0), self.column_count - 1)
        return self._owner[row, column]

    def top(self, row: int) -> float:
        return self.ys[row]

    def right(self, row: int, column: int) -> float:
        """The right edge of the cell that begins at this place."""
        last = column
        while last + 1 < self.column_count and self._owner[row, last + 1] == (row, column):
            last += 1
        return self.xs[last + 1]

    def _cover(self, row: int, column: int) -> tuple[int, int]:
        """The upper left place of the cell: the neighbour's, unless a rule stands between."""
        if column and not self._ruled_left(row, column):
            return self._owner[row, column - 1]
        if row and not self._ruled_above(row, column):
            return self._owner[row - 1, column]
        return row, column

    def _ruled_left(self, row: int, column: int) -> bool:
        x, top, bottom = self.xs[column], self.ys[row], self.ys[row + 1]
        spans = [(r.y0, r.y1) for r in self.vertical if abs(r.x0 - x) <= _TOLERANCE]
        return _covered(spans, top, bottom)

    def _ruled_above(self, row: int, column: int) -> bool:
        y, left, right = self.ys[row], self.xs[column], self.xs[column + 1]
        spans = [(r.x0, r.x1) for r in self.horizontal if abs(r.y0 - y) <= _TOLERANCE]
        return _covered(spans, left, right)


def _covered(spans: Sequence[tuple[float, float]], start: float, end: float) -> bool:
    total = sum(max(0.0, min(end, b) - max(start, a)) for a, b in spans)
    return total >= _MOSTLY * (end - start)


def grids(rules: Sequence[Rule]) -> list[Grid]:
    """The tables that the rules draw, from top to bottom. A frame of one cell is no table."""
    found = []
    for group in _connected(rules):
        horizontal = [rule for rule in group if rule.horizontal]
        vertical = [rule for rule in group if not rule.horizontal]
        xs, ys = _places([r.x0 for r in vertical]), _places([r.y0 for r in horizontal])
        if len(xs) >= 3 and len(ys) >= 2:
            found.append(Grid(xs, ys, horizontal, vertical))
    return sorted(found, key=lambda grid: grid.ys[0])


def _places(values: Sequence[float]) -> list[float]:
    places: list[float] = []
    for value in sorted(values):
        if not places or value - places[-1] > _TOLERANCE:
            places.append(value)
    return places


_MAX_RULES = 2000
"""Rules on a page beyond which it is a drawing (a map, a chart), not a table."""


def _connected(rules: Sequence[Rule]) -> list[list[Rule]]:
    """Groups of rules that touch each other."""
    if len(rules) > _MAX_RULES:
        return []
    groups: list[list[Rule]] = []
    for rule in sorted(rules, key=lambda rule: rule.y0):
        touching = [group for group in groups if any(_touch(rule, other) for other in group)]
        merged = [rule, *(other for group in touching for other in group)]
        groups = [group for group in groups if group not in touching]
        groups.append(merged)
    return groups


def _touch(one: Rule, two: Rule) -> bool:
    return (
        one.x0 - _TOLERANCE <= two.x1
        and two.x0 - _TOLERANCE <= one.x1
        and one.y0 - _TOLERANCE <= two.y1
        and two.y0 - _TOLERANCE <= one.y1
    )

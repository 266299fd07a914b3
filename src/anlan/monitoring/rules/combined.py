"""Rules that combine the points of a site, made into the engine's combinations.

A combination counts points, or items (all points of one quantity at a site), that other rules have
raised to a level or worse. Only limits count: a fault or a silence says nothing of danger. An item
is at a level while one of its points is, or a combination that counts this item's points.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from anlan.monitoring.choices import COLOURS, Counted, MeasureKind
from anlan.monitoring.engine import Combination, Key

if TYPE_CHECKING:
    from anlan.monitoring.models import RuleVersion
    from anlan.monitoring.rules.compiling import Located

SECOND = 1_000  # ms
# What says that a limit was passed; a fault or a silence is about the sensor.
LIMITS = (MeasureKind.VALUE, MeasureKind.RATE, MeasureKind.MEAN, MeasureKind.SPREAD)
Held = Sequence[tuple["RuleVersion", "list[Located]"]]
Place = tuple[int, str]  # an item: site and quantity


def combinations(held: Held) -> list[Combination]:
    """Those of the versions in ``held``, each after all that it hears."""
    combining = [each for each in held if each[0].measure == MeasureKind.COMBINED]
    if not combining:
        return []
    alarms = _Alarms(held)
    of_items = [each for each in combining if each[0].counts == Counted.ITEMS]
    of_points = [each for each in combining if each[0].counts != Counted.ITEMS]
    made = [each for pair in of_points for each in _ordered(alarms, *pair)]
    alarms.take_up(made)
    return made + [each for pair in of_items for each in _ordered(alarms, *pair)]


class _Alarms:
    """The keys at each point, from which the combinations choose."""

    def __init__(self, held: Held) -> None:
        # of a rule at a point: level and key, the mildest first
        self.at_point = defaultdict[int, list[list[tuple[int, Key]]]](list)
        self.of_item = defaultdict[Place, list[tuple[int, Key]]](list)
        self._items: dict[Key, Place] = {}
        for version, points in held:
            if version.measure not in LIMITS:
                continue
            levels = sorted(int(COLOURS[each["level"]]) for each in version.levels)
            for point in points:
                keys = [
                    (level, Key(version.rule_id, version.number, level, point.point))
                    for level in levels
                ]
                self.at_point[point.point].append(keys)

    def name(self, key: Key, item: Place) -> None:
        """A combination that counts the points of this item."""
        self._items[key] = item

    def take_up(self, made: Iterable[Combination]) -> None:
        """From now on these make the level of their items too."""
        for each in made:
            if each.key in self._items:
                self.of_item[self._items[each.key]].append((each.key.level, each.key))

    def point(self, point: int, level: int) -> list[Key]:
        """What is raised while the point is at ``level`` or worse: of each rule its mildest level
        that is bad enough, for a worse one is raised only together with it."""
        chosen = (
            next((key for at, key in keys if at >= level), None) for keys in self.at_point[point]
        )
        return [each for each in chosen if each is not None]

    def item(self, item: Place, points: Iterable[int], level: int) -> list[Key]:
        """The same of an item."""
        own = [key for point in points for key in self.point(point, level)]
        return own + [key for at, key in self.of_item[item] if at >= level]


def _ordered(alarms: _Alarms, version: RuleVersion, points: list[Located]) -> Iterator[Combination]:
    grouped = defaultdict[Hashable, list["Located"]](list)
    for point in points:
        by_item = version.counts == Counted.ITEM_POINTS
        grouped[(point.site, point.quantity) if by_item else point.site].append(point)
    for group in grouped.values():
        for each in version.levels:
            level, of, need = COLOURS[each["level"]], COLOURS[each["of"]], int(each["limit"])
            inputs = _inputs(alarms, version, group, int(of))
            if len(inputs) < need:
                continue  # so many cannot come together here
            shown = min(point.point for point in group)
            key = Key(version.rule_id, version.number, int(level), shown)
            if version.counts == Counted.ITEM_POINTS:
                alarms.name(key, (group[0].site, group[0].quantity))
            yield Combination(key, inputs, need, version.hold * SECOND)


def _inputs(
    alarms: _Alarms, version: RuleVersion, group: list[Located], level: int
) -> tuple[tuple[Key, ...], ...]:
    """What counts as one, each with all that raises it."""
    if version.counts == Counted.ITEMS:
        items = defaultdict[Place, list[int]](list)
        for point in group:
            items[point.site, point.quantity].append(point.point)
        found = [alarms.item(item, points, level) for item, points in items.items()]
    else:
        found = [alarms.point(point.point, level) for point in group]
    return tuple(tuple(dict.fromkeys(each)) for each in found if each)

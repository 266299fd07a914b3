"""The checking list as a page shows it: filtered, grouped by item, the weightiest group first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone

from anlan.intake.choices import DIFFERENCES, REMARKS, Decision, PointKind
from anlan.intake.models import Document, Item, Point

SHOWS = {"open": "待处理", "done": "已处理", "all": "全部"}
WORDS = {PointKind.DIFFERENCE: DIFFERENCES, PointKind.REMARK: REMARKS}
BEGINNING = 10  # so many characters tell where in the original a text stands


@dataclass(frozen=True)
class Row:
    """A point; ``line`` and ``table_line``: where body and table stand in the original, or 0."""

    point: Point
    line: int
    table_line: int

    @property
    def name(self) -> str:
        return named(self.point)

    @property
    def ignoring(self) -> str:
        """What the button sends that takes no action on this point."""
        return f"ignored:{self.point.pk}"

    @property
    def missing_in(self) -> str:
        """On which side the responsible unit is missing that the point is about, if it is."""
        return {"unit_missing_in_body": "body", "unit_missing_in_table": "table"}.get(
            self.point.code if self.point.item_number else "", ""
        )


@dataclass
class Group:
    """The points of one item, or of the notice as a whole."""

    item: Item | None
    rows: list[Row] = field(default_factory=list)


def named(point: Point) -> str:
    """What kind of point it is, in the words of a clerk."""
    return WORDS[PointKind(point.kind)].get(point.code, point.code)


def narrowed(query: Mapping[str, str]) -> dict[str, str]:
    """What a request asks to see: ``show`` and ``code``; what is not offered is left out."""
    show, code = query.get("show", "open"), query.get("code", "")
    known = DIFFERENCES.keys() | REMARKS.keys()
    return {"show": show if show in SHOWS else "open", "code": code if code in known else ""}


def content(found: Document, query: Mapping[str, str]) -> dict[str, Any]:
    """The context of the list; ``query`` is the request's GET."""
    asked = narrowed(query)
    points = list(found.points.select_related("decided_by"))
    of_code = [each for each in points if asked["code"] in ("", each.code)]
    shown = [each for each in of_code if _is_shown(each, asked["show"])]
    return {
        **asked,
        "any_points": bool(points),
        "groups": _groups(found, shown),
        "shown_count": len(shown),
        "open_count": sum(each.decision == Decision.OPEN for each in of_code),
        "shows": _shows(asked, of_code),
        "codes": _codes(asked, [each for each in points if _is_shown(each, asked["show"])]),
        # Where decisions go: back to the same view; what another decided since is not overwritten.
        "narrowing": urlencode({**asked, "read": f"{timezone.now().timestamp():.6f}"}),
    }


def _is_shown(point: Point, show: str) -> bool:
    return show == "all" or (point.decision == Decision.OPEN) == (show == "open")


def _shows(asked: Mapping[str, str], points: list[Point]) -> list[tuple[str, str, bool, int]]:
    return [
        (
            label,
            address(show=show, code=asked["code"]),
            show == asked["show"],
            sum(_is_shown(each, show) for each in points),
        )
        for show, label in SHOWS.items()
    ]


def _codes(asked: Mapping[str, str], points: list[Point]) -> list[tuple[str, str, bool, int]]:
    """The kinds among the points, in the order of weight; pressing the chosen one takes it off."""
    counts: dict[str, int] = {}
    names: dict[str, str] = {}
    for each in points:
        counts[each.code] = counts.get(each.code, 0) + 1
        names[each.code] = named(each)
    return [
        (
            names[code],
            address(show=asked["show"], code="" if code == asked["code"] else code),
            code == asked["code"],
            count,
        )
        for code, count in counts.items()
    ]


def address(**parameters: str) -> str:
    """The list under the same document, so narrowed."""
    return f"?{urlencode({'tab': 'points', **{k: v for k, v in parameters.items() if v}})}"


def _groups(found: Document, points: Iterable[Point]) -> list[Group]:
    """Points come by weight: a group stands where its weightiest point does."""
    items = {each.number: each for each in found.items.all()}
    places = _Places(found, items)
    groups: dict[int | None, Group] = {}
    for each in points:
        number = each.item_number if each.item_number in items else None
        group = groups.setdefault(number, Group(items.get(number) if number else None))
        group.rows.append(places.row(each, group.item))
    return list(groups.values())


class _Places:
    """Finds where in the original a point's texts stand."""

    def __init__(self, found: Document, items: Mapping[int, Item]) -> None:
        self.lines = [_bare(line) for line in found.lines]
        self.after = max((each.last_line for each in items.values()), default=0)

    def row(self, point: Point, item: Item | None) -> Row:
        of_unit = point.code.startswith("unit_")  # a name alone says nothing about its place
        line = self._find(point.body, item.first_line, item.last_line) if item else 0
        table = 0 if of_unit else self._find(point.table, self.after + 1, len(self.lines))
        return Row(point, line or (item.first_line if item and point.body else 0), table)

    def _find(self, text: str, first: int, last: int) -> int:
        wanted = _bare(text)[:BEGINNING]
        lines = range(max(1, first), min(last, len(self.lines)) + 1) if wanted else ()
        return next((n for n in lines if wanted in self.lines[n - 1]), 0)


def _bare(text: str) -> str:
    """Without marks and spaces: the reading repairs them, the original has them as they came."""
    return "".join(each for each in text if each.isalnum())

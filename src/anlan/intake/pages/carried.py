"""What was carried over from the version before, in the words of a clerk."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from anlan.intake.choices import CarriedKind, CarriedSource, CarriedState
from anlan.intake.models import Carried, Clause, Document, Item
from anlan.intake.pages.changes import INDICATOR, NONE, differing, indicators, word
from anlan.kernel.orgs.models import Group, Organisation

TONES = {
    CarriedState.TAKEN: "blue",
    CarriedState.DIFFERS: "orange",
    CarriedState.MISSING: "grey",
    CarriedState.UNDONE: "grey",
}


@dataclass
class Line:
    """One line of the list; the same name bound in many items is one line.

    Long texts are cut to where they differ from what the version before was read as (``was``).
    """

    first: Carried
    what: str
    before: str
    was: str
    after: str
    pks: list[int] = field(default_factory=list)

    @property
    def tone(self) -> str:
        return TONES[CarriedState(self.first.state)]

    @property
    def state(self) -> str:
        """What became of it, in words; of a proposal that it is one."""
        if self.first.source == CarriedSource.PLAN:
            return "建议" if self.first.state == CarriedState.TAKEN else "已撤销建议"
        return str(self.first.get_state_display())

    @property
    def verb(self) -> str:
        """What a person can do about it; nothing where there is no row to do it to."""
        if self.first.state == CarriedState.TAKEN:
            return "undo"
        return "" if self.first.state == CarriedState.MISSING else "take"

    @property
    def press(self) -> str:
        """What the button says."""
        proposal = self.first.source == CarriedSource.PLAN
        if self.verb == "undo":
            return "撤销建议" if proposal else "撤销沿用"
        return "采用建议" if proposal else "仍然沿用"


def content(found: Document) -> dict[str, Any]:
    """``lines``, those that wait for a look first; ``taken`` and ``left``: how many, and which;
    ``proposed`` and ``kept``: how many of those taken are proposals, and how many are not."""
    rows = list(found.carried.select_related("item", "clause", "unit"))
    lines = sorted(_lines(rows), key=lambda each: each.first.state == CarriedState.TAKEN)
    taken = [each.pk for each in rows if each.state == CarriedState.TAKEN]
    proposed = sum(e.source == CarriedSource.PLAN for e in rows if e.pk in taken)
    lacking = (CarriedState.DIFFERS, CarriedState.MISSING)
    return {
        "lines": lines,
        "taken": taken,
        "proposed": proposed,
        "kept": len(taken) - proposed,
        "left": sum(each.state in lacking for each in rows),
    }


def _lines(rows: list[Carried]) -> Iterable[Line]:
    names = _Names(rows)
    lines: dict[tuple[str, ...], Line] = {}
    for each in rows:
        was, before, after = (names.words(each, v) for v in (each.was, each.before, each.after))
        what, now = _what(each), differing(was, before)[1]
        key = (each.kind, each.source, each.state, each.label, what, was, before, after)
        line = lines.setdefault(key, Line(each, what, now, *differing(was, after)))
        line.pks.append(each.pk)
    return lines.values()


def _what(each: Carried) -> str:
    """Which field of the item or clause; of a unit the kind says it all."""
    model = {CarriedKind.ITEM: Item, CarriedKind.CLAUSE: Clause}.get(CarriedKind(each.kind))
    if model is None:
        return each.get_kind_display()
    field: Any = model._meta.get_field(next(iter(each.after)))
    return str(field.verbose_name)


class _Names:
    """Values in words; organisations, groups and indicators are looked up once for all."""

    def __init__(self, rows: list[Carried]) -> None:
        sides = [side for each in rows for side in (each.was, each.before, each.after)]
        self.organisations = Organisation.objects.in_bulk(
            {side["organisation_id"] for side in sides if side.get("organisation_id")}
        )
        self.groups = Group.objects.in_bulk(
            {side["group_id"] for side in sides if side.get("group_id")}
        )
        self.indicators = indicators() if any(INDICATOR in side for side in sides) else {}

    def words(self, each: Carried, values: dict[str, Any]) -> str:
        if not values:
            return NONE
        if each.kind not in (CarriedKind.ITEM, CarriedKind.CLAUSE):
            return self._bound(values)
        model = Item if each.kind == CarriedKind.ITEM else Clause
        told = (word(model._meta.get_field(k), v, self.indicators) for k, v in values.items())
        return "；".join(told)

    def _bound(self, values: dict[str, Any]) -> str:
        if values["left_out"]:
            return f"不对应（{values['note']}）"
        pk, group = values["organisation_id"], values["group_id"]
        return str(self.organisations.get(pk) or self.groups.get(group) or "未对应")

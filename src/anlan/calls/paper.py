"""The paper of a call as one viewer may read it: page, .docx and .xlsx are made of this object.

Every figure is a sum over frozen rows, or frozen itself: asked again in a year it says the same.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Sum

from anlan.calls import selectors
from anlan.calls.choices import ExplanationState
from anlan.calls.comparison import Line, Stood, lines, total
from anlan.calls.explaining import Limits
from anlan.calls.models import Call, Decision, Explanation, FrozenDuty, Item, Place
from anlan.calls.visibility import own, sees_whole
from anlan.cockpit.models import Daily
from anlan.cockpit.ranking import Side, rank
from anlan.kernel.access.actor import Actor
from anlan.plan.choices import Standing

Cells = Mapping[tuple[int, int], Counter[str]]  # (area, key duty) → counts by standing


@dataclass(frozen=True)
class ItemLine:
    """A key duty: its counts now, and then where they are known."""

    item: Item
    now: Stood
    then: Stood | None


@dataclass(frozen=True)
class Outcome:
    """What became of a decision of the last call for one organisation: how its duty stood when
    this call was taken; None: it is not among the frozen rows. ``later``: for it was given only
    afterwards, the minutes being signed after this call was taken; else it, or its item, is
    cancelled."""

    decision: Decision
    organisation: str
    duty: int
    row: FrozenDuty | None
    later: bool

    @property
    def absent(self) -> str:
        """Why it has no frozen row, in words."""
        return "本次数据冻结后下达" if self.later else "已撤销"


@dataclass(frozen=True)
class Paper:
    """``whole``: the viewer sees all of the call; else ``total`` is of his own rows alone.

    ``lines``: the areas then and now. ``gone``: overdue at the last call and not among the duties
    any more. ``outcomes``: of the last call's decisions.
    """

    call: Call
    whole: bool
    limits: Limits
    places: dict[int, Place]
    lines: list[Line]
    total: Line
    items: list[ItemLine]
    changes: Mapping[str, int]
    missed: int
    overdue: list[FrozenDuty]
    gone: list[FrozenDuty]
    explanations: list[Explanation]
    decisions: list[Decision]
    outcomes: list[Outcome]

    @property
    def compared_with(self) -> str:
        """With what it is compared, in words."""
        if self.call.previous is not None:
            return str(self.call.previous)
        if self.total.then is not None and self.call.baseline is not None:
            return f"{self.call.baseline:%Y-%m-%d} 零点的每日记录"
        return ""

    @property
    def areas_title(self) -> str:
        """What the table of areas is called."""
        areas = "各地区" if self.whole else "本地区"
        return f"{areas}：这次和上次" if self.total.then is not None else f"{areas}情况"

    @property
    def unjudged(self) -> str:
        """Which ranked areas had nobody to explain for them, in words."""
        ranked = [each for each in self.places.values() if each.rank is not None]
        names = "、".join(each.name for each in ranked if each.organisation_id is None)
        if not names:
            return ""
        return (
            f"开展调度时，{names}没有登记现存的人民政府（管委会），没有单位代表这些地区说明，"
            "也没有按标准判断。请系统管理员核对机构登记。"
        )

    @property
    def asked(self) -> list[Explanation]:
        """Who must explain, without those that were struck."""
        return [e for e in self.explanations if e.state != ExplanationState.STRUCK]

    @property
    def silent(self) -> list[Explanation]:
        """Who has not answered."""
        return [e for e in self.explanations if e.state == ExplanationState.ASKED]


def paper(actor: Actor, call: Call) -> Paper:
    """The paper of a call that the actor sees."""
    whole = actor.is_system or sees_whole(actor, call.plan.area)
    rows = selectors.rows(actor, call)
    places = {each.area_id: each for each in _places(actor, call, whole)}
    now = _cells(rows)
    then = _then(actor, call)
    compared = lines(
        _stood(now, {pk: place.rank for pk, place in places.items()}, places),
        None if then is None else then.areas(places, whole),
        {**({} if then is None else then.names), **{pk: p.name for pk, p in places.items()}},
    )
    totals = Line(0, "合计", _sum(then), Stood(_whole(now))) if not whole else total(
        compared, compared=then is not None
    )  # fmt: skip
    return Paper(
        call=call,
        whole=whole,
        limits=Limits.kept(call.limits),
        places=places,
        lines=compared,
        total=totals,
        items=_items(call, now, then),
        changes=Counter(rows.exclude(change="").values_list("change", flat=True)),
        missed=rows.exclude(forecast="").count(),
        overdue=list(rows.filter(standing=Standing.OVERDUE).order_by("-days", "pk")),
        gone=_gone(actor, call),
        explanations=list(selectors.explanations(actor, call)),
        decisions=list(selectors.decisions(actor, call)),
        outcomes=_outcomes(actor, call, rows),
    )


# --- now ---------------------------------------------------------------------------------------


def _cells(rows: Any) -> Cells:
    found: dict[tuple[int, int], Counter[str]] = defaultdict(Counter)
    for row in rows.order_by().values("area", "key_duty", "standing").annotate(n=Count("pk")):
        found[row["area"], row["key_duty"]][row["standing"]] = row["n"]
    return found


def _whole(cells: Cells) -> Counter[str]:
    return sum(cells.values(), Counter())


def _of_areas(cells: Cells) -> dict[int, Counter[str]]:
    found: dict[int, Counter[str]] = defaultdict(Counter)
    for (area, _), counts in cells.items():
        found[area] += counts
    return found


def _stood(cells: Cells, ranks: Mapping[int, int | None], shown: Any) -> dict[int, Stood]:
    counts = _of_areas(cells)
    return {pk: Stood(dict(counts[pk]), ranks.get(pk)) for pk in shown if counts.get(pk)}


def _places(actor: Actor, call: Call, whole: bool) -> list[Place]:
    """The areas whose line the viewer reads: all, or those that his organisation answers for."""
    found = call.places.all()
    return list(found if whole else found.filter(own(actor, "organisation")))


def _items(call: Call, now: Cells, then: _Then | None) -> list[ItemLine]:
    """The key duties of which the viewer has any duty."""
    found = []
    for item in call.items.all():
        counts = sum((c for (_, pk), c in now.items() if pk == item.key_duty_id), Counter())
        if counts:
            was = None if then is None else then.item(item.key_duty_id)
            found.append(ItemLine(item, Stood(dict(counts)), was))
    return found


# --- then --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Then:
    """What this call is compared with: the last call's rows as the viewer reaches them, or the
    cockpit's record of a day, which is by area and thus for who sees the whole."""

    cells: Cells
    ranks: Mapping[int, int | None]
    names: Mapping[int, str]
    items: Collection[int]

    def areas(self, shown: Mapping[int, Place], whole: bool) -> dict[int, Stood]:
        """The areas as they stood, of those that the viewer reads."""
        listed = self.names if whole else [pk for pk in self.names if pk in shown]
        return _stood(self.cells, self.ranks, listed)

    def item(self, key_duty: int) -> Stood | None:
        """A key duty as it stood; None where there was none of it."""
        if key_duty not in self.items:
            return None
        counts = [c for (_, pk), c in self.cells.items() if pk == key_duty]
        return Stood(dict(sum(counts, Counter())))


def _sum(then: _Then | None) -> Stood | None:
    return None if then is None else Stood(_whole(then.cells))


def _then(actor: Actor, call: Call) -> _Then | None:
    if call.previous is not None:
        places = list(call.previous.places.all())
        return _Then(
            _cells(FrozenDuty.objects.compared_by(actor, call)),
            {each.area_id: each.rank for each in places},
            {each.area_id: each.name for each in places},
            set(call.previous.items.values_list("key_duty", flat=True)),
        )
    if call.baseline is None or not (actor.is_system or sees_whole(actor, call.plan.area)):
        return None
    return _recorded(call, call.baseline)


def _recorded(call: Call, day: date) -> _Then | None:
    """The counts with which the day began, ranked as a call ranks them."""
    found: dict[tuple[int, int], Counter[str]] = defaultdict(Counter)
    names: dict[int, str] = {}
    numbers = dict(call.items.values_list("key_duty", "number"))
    by_item: dict[int, dict[int, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    kept = Daily.objects.filter(plan=call.plan, day=day, key_duty__in=numbers)
    named = ("area", "area__name", "key_duty", "standing")
    for row in kept.order_by().values(*named).annotate(n=Sum("count")):
        found[row["area"], row["key_duty"]][row["standing"]] = row["n"]
        by_item[row["area"]][numbers[row["key_duty"]]][row["standing"]] = row["n"]
        names[row["area"]] = row["area__name"]
    city = call.plan.area_id
    sides = [
        Side(str(pk), counts, by_item[pk], code=str(pk))
        for pk, counts in _of_areas(found).items()
        if pk != city
    ]
    ranks: dict[int, int | None] = {int(each.side.code): each.rank for each in rank(sides)}
    if city in names:
        names[city] = "市直单位"
    return _Then(found, ranks, names, {item for _, item in found}) if found else None


def _gone(actor: Actor, call: Call) -> list[FrozenDuty]:
    """Overdue at the last call, and not counted any more: cancelled, or its key duty taken out."""
    if call.previous is None:
        return []
    was = FrozenDuty.objects.compared_by(actor, call).filter(standing=Standing.OVERDUE)
    return list(was.exclude(duty__in=call.rows.values("duty")))


def _outcomes(actor: Actor, call: Call, rows: Any) -> list[Outcome]:
    """The last call's decisions by the duties that they became."""
    last = call.previous
    if last is None or last.closed_at is None:
        return []
    later = last.closed_at > call.counted_at
    decided: Sequence[Decision] = list(selectors.decisions(actor, last))
    charges = [(each, charge) for each in decided for charge in each.charges.all()]
    mine = {row.duty_id: row for row in rows.filter(duty__in=[c.duty_id for _, c in charges])}
    return [
        Outcome(each, str(charge.organisation), charge.duty_id, mine.get(charge.duty_id), later)
        for each, charge in charges
        if charge.duty_id is not None
    ]

"""Freezing: how each duty of the plan stands at this moment, kept as rows of a call."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from anlan.calls.choices import Change
from anlan.calls.comparison import change
from anlan.calls.explaining import Case
from anlan.calls.models import Call, FrozenDuty, Item, Place
from anlan.cockpit.ranking import Side, rank
from anlan.kernel.orgs.models import Area, Organisation, OrganisationKind
from anlan.kernel.orgs.selectors import in_force
from anlan.plan.choices import Standing
from anlan.plan.forecasting import forecast_of
from anlan.plan.matrix import column_of, columns_of
from anlan.plan.models import Duty, KeyDuty

BATCH = 1000


@dataclass(frozen=True)
class Judged:
    """An organisation with what the rule asks about it: for its area, or for itself."""

    organisation: Organisation
    case: Case


def freeze(call: Call) -> list[Judged]:
    """Store the rows of ``call``; who may have to explain. Counts what the matrix counts: duties of
    key duties in force, sub-duties aside. Inside the write that takes the call."""
    places = columns_of(call.plan)
    items = list(call.plan.key_duties.filter(retired_at=None))
    Item.objects.bulk_create(
        Item(call=call, key_duty=each, number=each.number, title=each.title) for each in items
    )
    rows = list(_rows(call, places))
    FrozenDuty.objects.bulk_create(rows, batch_size=BATCH)
    stood = _places(call, rows, places.values(), items)
    Place.objects.bulk_create(stood)
    return [*_of_areas(stood, rows, again=call.previous_id is not None), *_of_units(call, rows)]


def _rows(call: Call, places: dict[str, Area]) -> Iterable[FrozenDuty]:
    today = timezone.localdate(call.counted_at)
    before = _before(call)
    duties = Duty.objects.running().filter(
        key_duty__plan=call.plan, key_duty__retired_at=None, parent=None
    )
    ordered = duties.order_by("urgency", "due_on", "key_duty__number", "area__sort", "pk")
    for duty in ordered.select_related("organisation", "area", "clause"):
        late = (today - duty.due_on).days if duty.standing == Standing.OVERDUE else 0
        yield FrozenDuty(
            call=call,
            duty=duty,
            key_duty_id=duty.key_duty_id,
            area=column_of(duty.area.path, places),
            organisation=duty.organisation,
            owner=str(duty.organisation),
            title=duty.title,
            due_on=duty.due_on,
            standing=duty.standing,
            days=max(0, late),
            forecast=_missed(duty, today),
            change="" if before is None else change(before.get(duty.pk), duty.standing),
        )


def _before(call: Call) -> dict[int, str] | None:
    """How each duty stood at the last call; None without one."""
    if call.previous is None:
        return None
    return dict(call.previous.rows.values_list("duty", "standing"))


def _missed(duty: Duty, today: date) -> str:
    """The working, if the ledger's count will miss the duty's number at this pace."""
    expected = forecast_of(duty, today)
    return expected.working if expected and expected.missed else ""


# --- areas and their places --------------------------------------------------------------------


def _places(
    call: Call, rows: list[FrozenDuty], areas: Iterable[Area], items: list[KeyDuty]
) -> list[Place]:
    """The city's own units first, then the areas of county rank, best first; those with duties."""
    numbers = {each.pk: each.number for each in items}
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    by_item: dict[int, dict[int, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for row in rows:
        counts[row.area_id][row.standing] += 1
        by_item[row.area_id][numbers[row.key_duty_id]][row.standing] += 1
    known = {area.code: area for area in areas}
    city = call.plan.area
    ranked = rank(
        Side(area.name, counts[area.pk], by_item[area.pk], code=area.code)
        for area in known.values()
        if area.pk != city.pk
    )
    answers = _governments(known.values(), timezone.localdate(call.counted_at))
    found = [Place(call=call, area=city, name="市直单位")] if counts[city.pk] else []
    return found + [
        Place(
            call=call, area=known[each.side.code], name=each.side.name, rank=each.rank,
            reason=each.reason, organisation=answers.get(known[each.side.code].pk),
        )
        for each in ranked
    ]  # fmt: skip


def _governments(areas: Iterable[Area], on: date) -> dict[int, Organisation]:
    """Those that exist on the day, be their end registered or not."""
    governments = Organisation.objects.filter(
        in_force(on), area__in=list(areas), kind=OrganisationKind.GOVERNMENT
    )
    return {each.area_id: each for each in governments.order_by("-pk")}


# --- who may have to explain -------------------------------------------------------------------


def _of_areas(stood: list[Place], rows: list[FrozenDuty], *, again: bool) -> Iterable[Judged]:
    """Each area of county rank, for which its government answers."""
    by_area = _grouped(rows, "area_id")
    ranked = [each for each in stood if each.rank is not None]
    for place in ranked:
        if place.organisation is not None:
            case = _case(by_area[place.area_id], again, rank=place.rank, ranked=len(ranked))
            yield Judged(place.organisation, case)


def _of_units(call: Call, rows: list[FrozenDuty]) -> Iterable[Judged]:
    """Each organisation of the city itself."""
    own = [row for row in rows if row.area_id == call.plan.area_id]
    for some in _grouped(own, "organisation_id").values():
        yield Judged(some[0].organisation, _case(some, call.previous_id is not None))


def _grouped(rows: Iterable[FrozenDuty], by: str) -> Mapping[int, list[FrozenDuty]]:
    found: dict[int, list[FrozenDuty]] = defaultdict(list)
    for row in rows:
        found[getattr(row, by)].append(row)
    return found


def _case(rows: list[FrozenDuty], again: bool, **ranks: int | None) -> Case:
    repeated = sum(row.change == Change.AGAIN for row in rows)
    overdue = sum(row.standing == Standing.OVERDUE for row in rows)
    return Case(len(rows), overdue, repeated if again else None, **ranks)  # type: ignore[arg-type]

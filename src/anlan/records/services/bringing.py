"""Many records at once, from Excel: one statement for all rows, not one for each."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from anlan.kernel.errors import Forbidden
from anlan.kernel.orgs.models import Organisation
from anlan.kernel.typed.fields import Stored
from anlan.kernel.write import Write
from anlan.records import flow, marking, policies, rules
from anlan.records.choices import STANDING, RecordSource, RecordState
from anlan.records.marks import Facts, judge
from anlan.records.models import Record, RecordTypeVersion
from anlan.records.searching import grams
from anlan.records.services.recording import happened

Key = tuple[int, date, str]


@dataclass(frozen=True)
class Brought:
    """A record as it was judged: its day, title and values are by the rules of the version."""

    organisation: int
    held_on: date
    held_until: date | None
    title: str
    values: Mapping[str, Stored]


def records_bring(
    write: Write, *, version: RecordTypeVersion, brought: Sequence[Brought]
) -> list[int]:
    """Keep the records; the id of each in order.

    Where the type needs no evidence they are submitted, and marked as brought in bulk; otherwise
    they stay drafts of their units, to be submitted with their proof one by one. IntegrityError
    if one stands already; Forbidden for a unit that the actor does not record for.
    """
    units = _units(write, version, brought)
    made = Record.objects.bulk_create(
        _record(write, version, units[each.organisation], each) for each in brought
    )
    if not version.evidence_least:
        _submit(version, made)
    first = {record.organisation_id: record for record in made}
    for record in first.values():
        happened(write, record)
    return [record.pk for record in made]


def _units(
    write: Write, version: RecordTypeVersion, brought: Sequence[Brought]
) -> dict[int, Organisation]:
    policies.RECORD.require(write.actor)
    wanted = {each.organisation for each in brought}
    units = Organisation.objects.select_related("area").in_bulk(wanted)
    for pk in wanted:
        if pk not in units or not flow.works_for(write.actor, units[pk]):
            raise Forbidden(f"您不能代{units.get(pk, '这个单位')}填报。")
    for each in brought:
        rules.check_unit(version, units[each.organisation], each.held_on)
    return units


def _record(
    write: Write, version: RecordTypeVersion, unit: Organisation, brought: Brought
) -> Record:
    return Record(
        type=version.type,
        version=version,
        organisation=unit,
        area=unit.area,
        held_on=brought.held_on,
        held_until=brought.held_until,
        title=brought.title,
        grams=grams(brought.title),
        values=dict(brought.values),
        several=version.several_a_day,
        author=write.actor.person,
        makers=sorted(write.actor.people),
        source=RecordSource.IMPORT,
    )


def _submit(version: RecordTypeVersion, made: Sequence[Record]) -> None:
    norms, today = rules.numbers(), timezone.localdate()
    namesakes = _namesakes(made)
    found = {
        record.pk: judge(
            Facts(
                held_on=record.held_on,
                last_day=record.last_day,
                entered_on=today,
                imported=True,
                meeting=version.meeting,
                namesake=namesakes.get(record.pk, ""),
            ),
            late_days=norms["late_days"],
            bulk_hour=norms["bulk_hour"],
        )
        for record in made
    }
    marking.store(found)
    for count in Counter(len(marks) for marks in found.values()):
        Record.objects.filter(pk__in=[pk for pk in found if len(found[pk]) == count]).update(
            state=RecordState.SUBMITTED,
            submitted_at=timezone.now(),
            entered_on=today,
            mark_count=count,
        )


def _namesakes(made: Sequence[Record]) -> dict[int, str]:
    """For each record the type of another of its unit with the same title and day."""
    same = Record.objects.filter(
        organisation__in={each.organisation_id for each in made},
        held_on__in={each.held_on for each in made},
        title__in={each.title for each in made},
        state__in=STANDING,
    ).order_by("pk")
    by_key: dict[Key, list[tuple[int, str]]] = defaultdict(list)
    for pk, unit, day, title, name in same.values_list(
        "pk", "organisation", "held_on", "title", "type__name"
    ):
        by_key[unit, day, title].append((pk, name))
    found = {}
    for each in made:
        others = by_key[each.organisation_id, each.held_on, each.title]
        names = [name for pk, name in others if pk != each.pk]
        if names:
            found[each.pk] = names[0]
    return found

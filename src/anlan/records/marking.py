"""Gathering the facts of a record that is being submitted, and keeping its marks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from django.utils import timezone

from anlan.kernel.evidence.models import FlagKind, Use
from anlan.records import rules
from anlan.records.choices import STANDING, MarkKind
from anlan.records.marks import Facts, judge
from anlan.records.models import Mark, Record

REUSED = (FlagKind.SAME, FlagKind.ALIKE)
HOUR = timedelta(hours=1)


def mark(record: Record, uses: Iterable[Use], *, entered_on: date, now: datetime) -> int:
    """Put the record's marks in the place of those of an earlier submission; how many."""
    norms = rules.numbers()
    found = judge(
        facts(record, uses, entered_on=entered_on, now=now),
        late_days=norms["late_days"],
        bulk_hour=norms["bulk_hour"],
    )
    record.marks.all().delete()
    store({record.pk: found})
    return len(found)


def store(found: Mapping[int, Mapping[MarkKind, str]]) -> None:
    """Keep the marks of the records, by their ids."""
    Mark.objects.bulk_create(
        Mark(record_id=pk, kind=kind, text=text)
        for pk, marks in found.items()
        for kind, text in marks.items()
    )


def facts(record: Record, uses: Iterable[Use], *, entered_on: date, now: datetime) -> Facts:
    """What is known of the record and its evidence."""
    flags = [flag for use in uses for flag in use.flags.all()]
    taken = [use.file.taken_at for use in uses if use.file.taken_at]
    return Facts(
        held_on=record.held_on,
        last_day=record.last_day,
        entered_on=entered_on,
        imported=record.source == "import",
        submitted=_submitted(record, now) + 1,
        meeting=record.version.meeting,
        namesake=_namesake(record),
        reused=[flag.text for flag in flags if flag.kind in REUSED],
        misplaced=[flag.text for flag in flags if flag.kind == FlagKind.PLACE],
        taken=[timezone.localdate(each) for each in taken],
    )


def _submitted(record: Record, now: datetime) -> int:
    """How many other records its unit has submitted within the hour."""
    lately = Record.objects.filter(organisation=record.organisation_id, submitted_at__gt=now - HOUR)
    return lately.exclude(pk=record.pk).count()


def _namesake(record: Record) -> str:
    """The type of another record of the unit with the same title on the same day."""
    same = Record.objects.filter(
        organisation=record.organisation_id,
        held_on=record.held_on,
        title=record.title,
        state__in=STANDING,
    )
    other = same.exclude(pk=record.pk).select_related("type").order_by("pk").first()
    return str(other.type) if other else ""

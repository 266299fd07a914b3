"""Duties whose progress is counted by an indicator, never typed in: the count closes them.

Many are looked at by few questions (``kernel.indicators.values``); those whose number, standing or
version of the indicator moved are then locked and counted once more, one by one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

from django.db import connection
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from anlan.kernel.access.actor import system
from anlan.kernel.events.mark import current
from anlan.kernel.events.outbox import SELECT, Cursor, Happening
from anlan.kernel.indicators import values
from anlan.kernel.indicators.choices import Reach
from anlan.kernel.indicators.models import DefinitionVersion
from anlan.kernel.indicators.selectors import Book
from anlan.kernel.notify.services import notify
from anlan.kernel.watchman import beats
from anlan.kernel.write import Write
from anlan.plan import audience, clocks, flow
from anlan.plan.choices import DutyState
from anlan.plan.goals import quota_of, span_of
from anlan.plan.models import Duty
from anlan.plan.quotas import Verdict, judge
from anlan.plan.services.standings import restand

JOB = "plan.count"
PAGE = 1000
# Upon these everything is counted: new duties; paths by which rows reach organisations.
WIDE = ("plan.published", "orgs.loaded")


def counted(book: Book | None = None) -> QuerySet[Duty]:
    """The running duties that an indicator counts; met ones too, for a count may fall."""
    keys = (book or Book()).keys
    return Duty.objects.running().filter(target__isnull=False, clause__measure__in=keys)


def recount(duties: QuerySet[Duty], *, today: date | None = None) -> int:
    """Count the duties anew from the ledgers' rows; how many changed.

    From the first day of the period through the last one, or through ``today`` before that, by the
    version of the indicator that is in force on that last day.
    """
    today = today or timezone.localdate()
    pks = list(duties.order_by("pk").values_list("pk", flat=True))
    book = Book() if pks else None
    changed = 0
    for start in range(0, len(pks), PAGE):
        changed += _Portion(pks[start : start + PAGE], book or Book(), today).count()
    return changed


class _Portion:
    """Some duties, counted together."""

    def __init__(self, pks: list[int], book: Book, today: date) -> None:
        self.book, self.today = book, today
        rows = Duty.objects.select_related("clause", "organisation__area").filter(pk__in=pks)
        self.duties = list(rows.order_by("pk"))

    def count(self) -> int:
        """Count those that moved one by one; of the others keep that they were looked at."""
        at = timezone.now()
        moved = set(self._moved())
        changed = sum(_recount(pk, self.today, self.book) for pk in sorted(moved))
        same = [each.pk for each in self.duties if each.pk not in moved]
        with Write(system(), "plan.duty.count"):
            Duty.objects.filter(pk__in=same, counted_by__isnull=False).update(counted_at=at)
        return changed

    def _moved(self) -> Iterator[int]:
        """Those whose number, version or state is another than what is kept."""
        groups: dict[tuple[DefinitionVersion, date, date], list[Duty]] = defaultdict(list)
        for duty in self.duties:
            last = min(duty.due_on, self.today)
            if version := version_of(duty, self.book, self.today):
                groups[version, duty.period_start, last].append(duty)
        for (version, first, last), duties in groups.items():
            units = [each.organisation for each in duties]
            found = values.values(self.book.measure(version), version.reach, units, first, last)
            for duty in duties:
                if _differs(duty, version, found[duty.organisation_id], self.today):
                    yield duty.pk


def version_of(duty: Duty, book: Book, today: date) -> DefinitionVersion | None:
    """By what the duty is counted on the day; None where no ledger offers it."""
    key = duty.clause.measure if duty.clause else ""
    return book.on(key, min(duty.due_on, today))


def _differs(duty: Duty, version: DefinitionVersion, value: Decimal, today: date) -> bool:
    quota = quota_of(duty)
    met = duty.state == DutyState.MET
    return (
        duty.progress != value
        or duty.counted_by_id != version.pk
        or (quota is not None and bool(judge(quota, value, span_of(duty), today).met) != met)
    )


def _recount(pk: int, today: date, book: Book) -> bool:
    with Write(system(), "plan.duty.count") as write:
        duty = write.lock(Duty.objects.all(), pk)
        quota, version = quota_of(duty), version_of(duty, book, today)
        if version is None or quota is None or duty.state == DutyState.CANCELLED:
            return False
        value = values.value(
            book.measure(version),
            version.reach,
            duty.organisation,
            duty.period_start,
            min(duty.due_on, today),
        )
        changed, now = value != duty.progress, timezone.now()
        fields = {"progress": value, "progress_at": now} if changed else {}
        write.change(duty, counted_by=version, counted_at=now, **fields)
        moved = _settle(write, duty, judge(quota, value, span_of(duty), today))
        if changed or moved:
            restand(write, duty)
    return changed or moved


def _settle(write: Write, duty: Duty, verdict: Verdict) -> bool:
    """The count alone closes the duty, and opens it again if what was counted is withdrawn."""
    if duty.state == DutyState.OPEN and verdict.met:
        flow.DUTY.move(write, duty, "complete", fields={"met_at": timezone.now()})
    elif duty.state == DutyState.MET and not verdict.met:
        reason = f"计数有变：{verdict.working}"
        flow.DUTY.move(write, duty, "reopen", fields={"met_at": None}, reason=reason)
        notify(
            users=audience.owners(duty),
            kind="duty.reopened",
            title="任务重新打开",
            text=f"{duty.title}。{reason}。",
            link=reverse("plan:duty", args=[duty.pk]),
        )
    else:
        return False
    clocks.keep(write, duty)
    return True


def follow(*, today: date | None = None) -> int:
    """Count anew what events since the last time may have changed; how many duties did.

    A published plan, or the first time: all. Otherwise the duties of the organisations that
    something happened to. Counting is idempotent: an event seen twice does no harm.
    """
    since = Cursor.parse(beats.place(JOB))
    if since is None:
        here = current()  # before counting, so that nothing falls between
        changed = recount(counted(), today=today)
        beats.beat(JOB, place=str(here))
        return changed
    changed = 0
    while rows := _events(since):
        since = rows[-1].cursor
        changed += recount(_touched(rows), today=today)
        beats.beat(JOB, place=str(since))
    return changed


def _touched(events: list[Happening]) -> QuerySet[Duty]:
    """The duties whose number the events can move: of those alone whose indicator reaches the
    organisation or the area of an event."""
    book = Book()
    if any(event.kind in WIDE for event in events):
        return counted(book)
    units = {event.organisation for event in events if event.organisation}
    areas = {event.area for event in events if event.area}
    above = {path for each in units for path in values.under(each)}
    around = {path for each in areas for path in values.under(each)}
    of_unit, of_area = Q(organisation__path__in=above), Q(organisation__area__path__in=around)
    changed = [event.ids["key"] for event in events if event.kind == "indicator.changed"]
    reached = Q(clause__measure__in=changed)
    for kind, whose in (
        ("own", Q(organisation__path__in=units)),
        ("answering", of_unit),
        ("area", of_area),
        ("special", of_unit | of_area),
    ):
        keys = [key for key in book.keys if kind in _kinds(book, key)]
        reached |= Q(clause__measure__in=keys) & whose
    return counted(book).filter(reached)


def _kinds(book: Book, key: str) -> Iterable[str]:
    """How the versions of an indicator reach an organisation; ``special``: as its measure says."""
    for version in book.versions(key):
        special = version.reach == Reach.OWN and book.measure(version).own
        yield "special" if special else version.reach


def _events(since: Cursor) -> list[Happening]:
    with connection.cursor() as cursor:
        cursor.execute(SELECT, [str(since.xid), since.id, PAGE])
        return [Happening.of(row) for row in cursor.fetchall()]
